#include "fhir/validate/primitives.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "fhir/base/date_time.h"
#include "fhir/base/decimal.h"

namespace throughline::validate {
namespace {

static_assert(std::ranges::is_sorted(kPrimitives, {}, &PrimitiveRow::name));

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr bool IsLowerHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); }

constexpr bool IsHexDigit(char c) { return IsLowerHex(c) || (c >= 'A' && c <= 'F'); }

// https://www.rfc-editor.org/rfc/rfc3986#appendix-A; and all of RFC 3987, which is not ASCII.
constexpr unsigned char kForbidden = 1;
constexpr unsigned char kPercent = 2;
constexpr auto kUriLetters = [] {
  std::array<unsigned char, 256> letters{};
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const bool other = std::string_view("<>\"{}\\^`").find(static_cast<char>(i)) != std::string_view::npos;
    letters[i] = i <= ' ' || i == 0x7F || other ? kForbidden : i == '%' ? kPercent : 0;
  }
  return letters;
}();

// After each "%" come two hexadecimal digits.
bool AreEscapes(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || !IsHexDigit(text[at + 1]) || !IsHexDigit(text[at + 2])) {
      return false;
    }
  }
  return true;
}

constexpr auto kLowerHexLetters = [] {
  std::array<unsigned char, 256> letters{};
  for (std::size_t i = 0; i < 128; ++i) {
    letters[i] = IsLowerHex(static_cast<char>(i)) ? 1 : 0;
  }
  return letters;
}();

bool IsIntegerWithin(std::string_view text, std::int64_t low, std::int64_t high) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && stopped == end && text != "-0" && value >= low && value <= high;
}

// Two digits at `at`, `high` at most.
bool IsPair(std::string_view text, std::size_t at, int high) {
  return IsDigit(text[at]) && IsDigit(text[at + 1]) && (text[at] - '0') * 10 + (text[at + 1] - '0') <= high;
}

}  // namespace

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::ranges::all_of(text, [](char c) { return IsLetter(c) || IsDigit(c) || c == '-' || c == '.'; });
}

namespace checks {

bool Base64Binary(std::string_view text) {
  std::size_t symbols = 0;
  std::size_t fill = 0;
  for (const char c : text) {
    if (IsSpace(c)) {
      continue;
    }
    if (c == '=') {
      ++fill;
    } else if (fill > 0 || !(IsLetter(c) || IsDigit(c) || c == '+' || c == '/')) {
      return false;
    }
    ++symbols;
  }
  return symbols > 0 && symbols % 4 == 0 && fill <= 2;
}

bool Code(std::string_view text) {
  bool blank = true;
  for (const char c : text) {
    if (blank && IsSpace(c)) {
      return false;
    }
    blank = IsSpace(c);
  }
  return !blank;
}

bool Date(std::string_view text) { return throughline::DateTime::ParseDate(text).has_value(); }
bool DateTime(std::string_view text) { return throughline::DateTime::ParseDateTime(text).has_value(); }
bool Instant(std::string_view text) { return throughline::DateTime::ParseInstant(text).has_value(); }
bool Decimal(std::string_view text) { return throughline::Decimal::Parse(text).has_value(); }
bool Integer(std::string_view text) { return IsIntegerWithin(text, INT32_MIN, INT32_MAX); }
bool PositiveInt(std::string_view text) { return IsIntegerWithin(text, 1, INT32_MAX); }
bool UnsignedInt(std::string_view text) { return IsIntegerWithin(text, 0, INT32_MAX); }

bool NotEmpty(std::string_view text) { return !text.empty(); }

bool Oid(std::string_view text) {
  constexpr std::string_view kPrefix = "urn:oid:";
  if (!text.starts_with(kPrefix) || text.size() == kPrefix.size() || text[kPrefix.size()] > '2') {
    return false;
  }
  text.remove_prefix(kPrefix.size());
  std::size_t parts = 0;
  for (bool more = true; more; ++parts) {
    const std::size_t point = text.find('.');
    const std::string_view part = text.substr(0, point);
    if (part.empty() || !std::ranges::all_of(part, IsDigit) || (part.size() > 1 && (part[0] == '0' || parts == 0))) {
      return false;
    }
    more = point != std::string_view::npos;
    text.remove_prefix(more ? point + 1 : text.size());
  }
  return parts > 1;
}

bool Time(std::string_view text) {
  if (text.size() < 8 || text[2] != ':' || text[5] != ':' || !IsPair(text, 0, 23) || !IsPair(text, 3, 59) ||
      !IsPair(text, 6, 60)) {
    return false;
  }
  text.remove_prefix(8);
  return text.empty() || (text.size() > 1 && text[0] == '.' && std::ranges::all_of(text.substr(1), IsDigit));
}

bool OidUrn(std::string_view text) {
  constexpr std::string_view kPrefix = "urn:oid:";
  bool sound = text.starts_with(kPrefix);
  text.remove_prefix(sound ? kPrefix.size() : 0);
  for (bool more = true; more && sound;) {
    const std::size_t point = text.find('.');
    const std::string_view part = text.substr(0, point);
    sound = !part.empty() && std::ranges::all_of(part, IsDigit) && (part.size() == 1 || part[0] != '0');
    more = point != std::string_view::npos;
    text.remove_prefix(more ? point + 1 : 0);
  }
  return sound;
}

bool Uri(std::string_view text) {
  unsigned found = 0;
  for (const char c : text) {
    found |= kUriLetters[static_cast<unsigned char>(c)];
  }
  return !text.empty() && (found == 0 || (found == kPercent && AreEscapes(text)));
}

bool Uuid(std::string_view text) {
  constexpr std::string_view kStart = "urn:uuid:";
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != kStart.size() + kShape.size() || !text.starts_with(kStart)) {
    return false;
  }
  text.remove_prefix(kStart.size());
  std::size_t digits = 0;
  for (const char c : text) {
    digits += kLowerHexLetters[static_cast<unsigned char>(c)];
  }
  return digits == 32 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
}

bool Xhtml(std::string_view text) {
  const auto first = std::ranges::find_if_not(text, IsSpace);
  text.remove_prefix(static_cast<std::size_t>(first - text.begin()));
  while (!text.empty() && IsSpace(text.back())) {
    text.remove_suffix(1);
  }
  // Whether there must be a narrative at all is not for the primitive to say.
  return text.empty() || (text.starts_with("<div") && text.ends_with('>'));
}

}  // namespace checks

const PrimitiveRow* FindPrimitive(std::string_view name) {
  const auto* const found = std::ranges::lower_bound(kPrimitives, name, {}, &PrimitiveRow::name);
  return found != kPrimitives.end() && found->name == name ? found : nullptr;
}

bool IsValidPrimitive(std::string_view primitive, const json::Value& value) {
  const PrimitiveRow* const row = FindPrimitive(primitive);
  if (row == nullptr || value.kind() != row->kind) {
    return false;
  }
  return value.is_boolean() || row->check(value.text());
}

}  // namespace throughline::validate
