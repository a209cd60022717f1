#include "fhir/validate/attachment.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "fhir/base/decimal.h"
#include "fhir/validate/sha1.h"

namespace throughline::validate {
namespace {

using json::Value;

bool IsBase64(const Value& value) { return value.is_string() && checks::Base64Binary(value.text()); }

std::uint32_t BitsOf(char c) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return static_cast<std::uint32_t>(kLetters.find(c));
}

// The bytes of sound base64.
std::string Decode(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    if (c <= ' ' || c == '=') {
      continue;
    }
    bits = bits << 6 | BitsOf(c);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes += static_cast<char>(bits >> held & 0xFF);
    }
  }
  return bytes;
}

bool IsDigestOf(std::string_view hash, std::string_view data) {
  const std::string stated = Decode(hash);
  const Sha1Digest digest = Sha1(Decode(data));
  return std::ranges::equal(stated, digest, {}, [](char c) { return static_cast<std::uint8_t>(c); });
}

bool IsSample(std::string_view word) {
  constexpr std::array<std::string_view, 3> kWords = {"E", "L", "U"};
  return std::ranges::find(kWords, word) != kWords.end() || Decimal::Parse(word).has_value();
}

bool AreSamples(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  for (std::size_t at = text.find_first_not_of(kBlanks); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
    if (!IsSample(text.substr(at, end - at))) {
      return false;
    }
    at = text.find_first_not_of(kBlanks, end);
  }
  return true;
}

}  // namespace

std::optional<std::uint64_t> BytesIn(const Value& base64) {
  if (!IsBase64(base64)) {
    return std::nullopt;
  }
  return std::ranges::count_if(base64.text(), [](char c) { return c > ' ' && c != '='; }) * 3 / 4;
}

void CheckAttachment(Context& context, const Visit& visit) {
  const Value size = visit.value.Get("size");
  const Value data = visit.value.Get("data");
  const Value hash = visit.value.Get("hash");
  if (const auto bytes = BytesIn(data); bytes && size.is_number() && checks::UnsignedInt(size.text())) {
    std::uint64_t stated = 0;
    std::from_chars(size.text().data(), size.text().data() + size.text().size(), stated);
    if (stated != *bytes) {
      context.findings.Add(Rule::kAttachmentSize, {&visit.place, "size"});
    }
  }
  if (!IsBase64(hash)) {
    return;
  }
  if (IsBase64(data) && !IsDigestOf(hash.text(), data.text())) {
    context.findings.Add(Rule::kAttachmentHash, {&visit.place, "hash"});
  } else if (!IsBase64(data) && Decode(hash.text()).size() != Sha1Digest{}.size()) {
    context.findings.Add(Rule::kAttachmentHashLength, {&visit.place, "hash"});
  }
}

void CheckSampledData(Context& context, const Visit& visit) {
  const Value data = visit.value.Get("data");
  if (data.is_string() && !AreSamples(data.text())) {
    context.findings.Add(Rule::kSampledData, {&visit.place, "data"});
  }
}

}  // namespace throughline::validate
