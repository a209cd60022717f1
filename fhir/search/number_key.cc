#include "fhir/search/number_key.h"

#include <algorithm>
#include <charconv>

#include "fhir/base/decimal.h"

namespace throughline::search {
namespace {

constexpr int kBias = 5000;       // places are far within +-5000
constexpr int kPlainPlaces = 64;  // numbers of more places are written with an exponent

// digits * 10^exponent.
std::string Key(bool negative, std::string digits, int exponent) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  const int place = exponent + static_cast<int>(digits.size());
  while (digits.ends_with('0')) digits.pop_back();
  if (digits.empty()) return "5";
  std::string body = std::to_string(place + kBias);
  body.insert(0, 4 - std::min<std::size_t>(body.size(), 4), '0');
  body += digits;
  if (!negative) return "6" + body;
  // Complemented, so that the larger magnitude comes first; `~` makes the shorter of two with a common start the
  // greater.
  std::ranges::transform(body, body.begin(), [](char c) { return static_cast<char>('0' + ('9' - c)); });
  return "4" + body + "~";
}

// The whole number `digits` moved by `step` units, with a sign.
struct Signed {
  bool negative = false;
  std::string digits;
};

std::string Added(std::string digits, int step) {
  for (std::size_t i = digits.size(); i-- > 0 && step != 0;) {
    step += digits[i] - '0';
    digits[i] = static_cast<char>('0' + step % 10);
    step /= 10;
  }
  if (step != 0) digits.insert(0, std::to_string(step));
  return digits;
}

std::string Subtracted(std::string digits, int step) {
  for (std::size_t i = digits.size(); i-- > 0 && step != 0;) {
    int digit = digits[i] - '0' - step % 10;
    step /= 10;
    if (digit < 0) {
      digit += 10;
      ++step;
    }
    digits[i] = static_cast<char>('0' + digit);
  }
  return digits;
}

// `away` from zero or towards it; past zero the sign changes.
Signed Moved(const Decimal& number, std::string digits, int step, bool up) {
  const bool away = up != number.negative();
  if (away) return {number.negative(), Added(std::move(digits), step)};
  const std::string limit = std::to_string(step);
  const bool smaller = digits.size() < limit.size() || (digits.size() == limit.size() && digits < limit);
  if (!smaller) return {number.negative(), Subtracted(std::move(digits), step)};
  const int value = digits.empty() ? 0 : digits[0] - '0';
  return {!number.negative(), std::to_string(step - value)};
}

NumberSpan Span(const Decimal& number, const std::string& digits, int step, int exponent) {
  const Signed low = Moved(number, digits, step, false);
  const Signed high = Moved(number, digits, step, true);
  return {Key(low.negative, low.digits, exponent), Key(high.negative, high.digits, exponent)};
}

}  // namespace

std::string NumberKey(std::string_view literal) {
  const auto number = Decimal::Parse(literal);
  return number ? Key(number->negative(), std::string(number->digits()), number->exponent()) : std::string();
}

std::string NumberOfKey(std::string_view key) {
  if (key == "5") return "0";
  const bool negative = key.starts_with('4');
  if (key.size() < 6 || !(negative || key.starts_with('6'))) return {};
  std::string body(key.substr(1, key.size() - (negative ? 2 : 1)));
  if (negative) std::ranges::transform(body, body.begin(), [](char c) { return static_cast<char>('0' + ('9' - c)); });
  int place = 0;
  std::from_chars(body.data(), body.data() + 4, place);
  place -= kBias;
  std::string digits = body.substr(4);
  const std::string sign = negative ? "-" : "";
  const int count = static_cast<int>(digits.size());
  if (place > kPlainPlaces || place < -kPlainPlaces) return sign + digits + "e" + std::to_string(place - count);
  if (place <= 0) return sign + "0." + std::string(static_cast<std::size_t>(-place), '0') + digits;
  if (place >= count) return sign + digits + std::string(static_cast<std::size_t>(place - count), '0');
  return sign + digits.insert(static_cast<std::size_t>(place), ".");
}

NumberSpan WrittenSpan(std::string_view literal) {
  const auto number = Decimal::Parse(literal);
  if (!number) return {};
  std::string digits(number->digits());
  // Half of the last written place; the standard counts one digit more for 1e2.
  const bool short_form =
      literal.find('.') == std::string_view::npos && literal.find_first_of("eE") != std::string_view::npos;
  const int more = short_form ? 2 : 1;
  digits.append(static_cast<std::size_t>(more), '0');
  return Span(*number, digits, 5, number->exponent() - more);
}

NumberSpan ApproximateSpan(std::string_view literal) {
  const auto number = Decimal::Parse(literal);
  if (!number) return {};
  // 10 % of d is d with the point moved: 0.9 d and 1.1 d as digits * 9 and digits * 11, one place lower.
  const auto times = [&](int factor) {
    std::string out;
    int carry = 0;
    for (std::size_t i = number->digits().size(); i-- > 0;) {
      carry += (number->digits()[i] - '0') * factor;
      out += static_cast<char>('0' + carry % 10);
      carry /= 10;
    }
    for (; carry != 0; carry /= 10) out += static_cast<char>('0' + carry % 10);
    std::ranges::reverse(out);
    return Key(number->negative(), out, number->exponent() - 1);
  };
  NumberSpan span{times(9), times(11)};
  if (number->negative()) std::swap(span.low, span.high);
  span.high += kJustBehind;
  return span;
}

NumberSpan ExactSpan(std::string_view literal) {
  const std::string key = NumberKey(literal);
  // Less than every digit and `~`: nothing lies between.
  return {key, key + std::string(kJustBehind)};
}

}  // namespace throughline::search
