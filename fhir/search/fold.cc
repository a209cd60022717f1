#include "fhir/search/fold.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

namespace throughline::search {
namespace {

bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Runs of white space as one blank, none at the ends.
std::string Squeezed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!IsBlank(c)) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string WithoutMarks(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* decompose = icu::Normalizer2::getNFKDInstance(error);
  icu::UnicodeString source = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
  source.foldCase();
  const icu::UnicodeString parts = U_SUCCESS(error) ? decompose->normalize(source, error) : source;
  icu::UnicodeString kept;
  for (std::int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
    const UChar32 c = parts.char32At(i);
    if (u_charType(c) == U_NON_SPACING_MARK) continue;
    kept.append(u_isUWhiteSpace(c) ? UChar32{' '} : c);
  }
  kept.foldCase();
  std::string out;
  kept.toUTF8String(out);
  return out;
}

}  // namespace

std::string FoldCode(std::string_view code) {
  std::string out(code);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string Fold(std::string_view text) { return Squeezed(IsAscii(text) ? FoldCode(text) : WithoutMarks(text)); }

}  // namespace throughline::search
