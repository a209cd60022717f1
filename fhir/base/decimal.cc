#include "fhir/base/decimal.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace throughline {
namespace {

constexpr std::size_t kMaxDigits = 64;
constexpr int kMaxExponent = 999;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The parts of a number literal, as views into it.
struct Parts {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  bool negative_exponent = false;
  std::string_view exponent;
};

std::string_view TakeDigits(std::string_view& rest) {
  std::size_t count = 0;
  while (count < rest.size() && IsDigit(rest[count])) ++count;
  const std::string_view digits = rest.substr(0, count);
  rest.remove_prefix(count);
  return digits;
}

bool Take(std::string_view& rest, char c) {
  if (rest.empty() || rest.front() != c) return false;
  rest.remove_prefix(1);
  return true;
}

std::optional<Parts> Split(std::string_view rest) {
  Parts parts;
  parts.negative = Take(rest, '-');
  parts.whole = TakeDigits(rest);
  if (parts.whole.empty() || (parts.whole.size() > 1 && parts.whole.front() == '0')) return std::nullopt;
  if (Take(rest, '.')) {
    parts.fraction = TakeDigits(rest);
    if (parts.fraction.empty()) return std::nullopt;
  }
  if (Take(rest, 'e') || Take(rest, 'E')) {
    parts.negative_exponent = Take(rest, '-');
    if (!parts.negative_exponent) Take(rest, '+');
    parts.exponent = TakeDigits(rest);
    if (parts.exponent.empty()) return std::nullopt;
  }
  if (!rest.empty()) return std::nullopt;
  return parts;
}

std::optional<int> ExponentOf(const Parts& parts) {
  int value = 0;
  for (const char c : parts.exponent) {
    value = value * 10 + (c - '0');
    if (value > kMaxExponent) return std::nullopt;
  }
  return parts.negative_exponent ? -value : value;
}

std::strong_ordering CompareMagnitudes(const Decimal& a, const Decimal& b) {
  const std::string_view left = a.digits();
  const std::string_view right = b.digits();
  if (left.empty() || right.empty()) return !left.empty() <=> !right.empty();
  // Place of the first digit decides; then the digits, where missing ones are zeros.
  const int left_place = a.exponent() + static_cast<int>(left.size());
  const int right_place = b.exponent() + static_cast<int>(right.size());
  if (left_place != right_place) return left_place <=> right_place;
  const std::size_t shared = std::min(left.size(), right.size());
  const int order = left.substr(0, shared).compare(right.substr(0, shared));
  if (order != 0) return order <=> 0;
  const auto not_zero = [](std::string_view digits) { return digits.find_first_not_of('0') != std::string_view::npos; };
  return not_zero(left.substr(shared)) <=> not_zero(right.substr(shared));
}

}  // namespace

bool IsJsonNumber(std::string_view text) { return Split(text).has_value(); }

std::optional<Decimal> Decimal::Parse(std::string_view text) {
  const std::optional<Parts> parts = Split(text);
  if (!parts) return std::nullopt;
  const std::optional<int> exponent = ExponentOf(*parts);
  if (!exponent) return std::nullopt;
  if (parts->whole.size() > kMaxDigits || parts->fraction.size() > kMaxExponent) return std::nullopt;

  Decimal decimal;
  decimal.digits_ = parts->whole;
  decimal.digits_ += parts->fraction;
  decimal.digits_.erase(0, decimal.digits_.find_first_not_of('0'));
  if (decimal.digits_.size() > kMaxDigits) return std::nullopt;
  decimal.text_ = text;
  decimal.negative_ = parts->negative;
  decimal.exponent_ = *exponent - static_cast<int>(parts->fraction.size());
  return decimal;
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  const bool a_below = a.negative_ && !a.digits_.empty();
  const bool b_below = b.negative_ && !b.digits_.empty();
  if (a_below != b_below) return b_below <=> a_below;
  return a_below ? CompareMagnitudes(b, a) : CompareMagnitudes(a, b);
}

}  // namespace throughline
