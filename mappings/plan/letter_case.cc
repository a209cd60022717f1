#include "mappings/plan/letter_case.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace throughline::plan {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::size_t kBits = 4;  // in a digit

// The letter in its other case; itself where that would not lead back.
UChar32 Toggled(UChar32 letter) {
  const UChar32 upper = u_toupper(letter);
  if (upper != letter && u_tolower(upper) == letter) return upper;
  const UChar32 lower = u_tolower(letter);
  return lower != letter && u_toupper(lower) == letter ? lower : letter;
}

// Takes the next letter off the front; negative for a byte that is none.
UChar32 TakeLetter(std::string_view& text) {
  int32_t at = 0;
  UChar32 letter = 0;
  const auto size = static_cast<int32_t>(std::min<std::size_t>(text.size(), U8_MAX_LENGTH));
  U8_NEXT(text.data(), at, size, letter);
  if (letter < 0) letter = -1 - static_cast<unsigned char>(text.front());
  text.remove_prefix(static_cast<std::size_t>(at));
  return letter;
}

void AppendLetter(UChar32 letter, std::string& out) {
  char bytes[U8_MAX_LENGTH];
  int32_t size = 0;
  if (letter < 0) {
    out.push_back(static_cast<char>(-1 - letter));
    return;
  }
  U8_APPEND_UNSAFE(bytes, size, letter);
  out.append(bytes, static_cast<std::size_t>(size));
}

UChar32 FirstOfBoth(UChar32 letter) { return letter < 0 ? letter : std::min(letter, Toggled(letter)); }

}  // namespace

std::size_t BeginsButCase(std::string_view text, std::string_view word) {
  std::string_view left = text;
  while (!word.empty()) {
    if (left.empty() || FirstOfBoth(TakeLetter(left)) != FirstOfBoth(TakeLetter(word))) return 0;
  }
  return text.size() - left.size();
}

bool SameButCase(std::string_view text, std::string_view word) {
  return text.empty() ? word.empty() : BeginsButCase(text, word) == text.size();
}

std::string Folded(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  while (!text.empty()) AppendLetter(FirstOfBoth(TakeLetter(text)), folded);
  return folded;
}

std::string CaseMask(std::string_view text, std::string_view word) {
  std::string mask;
  for (std::size_t place = 0; !text.empty() && !word.empty(); ++place) {
    if (TakeLetter(text) == TakeLetter(word)) continue;
    mask.resize(place / kBits + 1, '0');
    const std::size_t digit = kHexDigits.find(mask.back()) | std::size_t{1} << place % kBits;
    mask.back() = kHexDigits[digit];
  }
  return mask;
}

std::optional<std::string> WithCase(std::string_view word, std::string_view mask) {
  std::string text;
  std::size_t place = 0;
  for (; !word.empty(); ++place) {
    const UChar32 letter = TakeLetter(word);
    const std::size_t digit = place / kBits < mask.size() ? kHexDigits.find(mask[place / kBits]) : 0;
    if (digit == std::string_view::npos) return std::nullopt;
    const bool other = letter >= 0 && (digit >> place % kBits & 1U) != 0;
    AppendLetter(other ? Toggled(letter) : letter, text);
  }
  return mask.size() > (place + kBits - 1) / kBits ? std::nullopt : std::optional(std::move(text));
}

}  // namespace throughline::plan
