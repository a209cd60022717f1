#include "fhir/units/amount.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

namespace throughline::units {
namespace {

constexpr std::size_t kExactDigits = 64;
constexpr std::int32_t kPlainPlaces = 40;
constexpr std::int32_t kMaxTens = 999;
// Beyond this many powers of ten between two amounts the digits do not matter: a part of one has fewer.
constexpr std::int32_t kFarApart = 500;
constexpr std::string_view kPi = "3141592653589793238462643383279502884197169399375105820974945";
constexpr std::int32_t kPiTens = -60;
constexpr std::int32_t kMaxPis = 4;

// Turns powers of pi into digits, above or below the line.
bool SpellPi(Amount& amount) {
  if (std::abs(amount.pis) > kMaxPis) return false;
  const std::optional<Natural> pi = Natural::Parse(kPi);
  for (; pi && amount.pis != 0; amount.pis += amount.pis > 0 ? -1 : 1) {
    Wide& part = amount.pis > 0 ? amount.numerator : amount.denominator;
    const std::optional<Wide> product = part.Times(*pi);
    if (!product) return false;
    part = *product;
    amount.tens += amount.pis > 0 ? kPiTens : -kPiTens;
  }
  return pi.has_value();
}

// Takes twos and fives from under the line; true when nothing is left there.
bool Terminates(Amount& amount) {
  while (!amount.denominator.odd()) {
    if (!amount.numerator.MultiplySmall(5)) return false;
    amount.denominator.Halve();
    --amount.tens;
  }
  while (amount.denominator.Divisible(5)) {
    if (!amount.numerator.MultiplySmall(2)) return false;
    amount.denominator.DivideSmall(5);
    --amount.tens;
  }
  return amount.denominator.one();
}

// number / divisor, downwards; `number` becomes what is left over.
std::optional<Wide> Divide(Wide& number, const Wide& divisor) {
  Wide step = divisor;
  std::size_t steps = 1;
  for (; step <= number; ++steps) {
    if (!step.MultiplySmall(2)) return std::nullopt;
  }
  Wide quotient;
  for (; steps > 0; --steps) {
    quotient.MultiplySmall(2);
    if (step <= number) {
      number.Subtract(step);
      quotient.Add(Wide{1});
    }
    step.Halve();
  }
  return quotient;
}

// Rounds half away from zero; the digits that go are counted into `tens`.
void RoundTo(std::string& digits, std::size_t count, std::int32_t& tens) {
  if (digits.size() <= count) return;
  const bool up = digits[count] >= '5';
  tens += static_cast<std::int32_t>(digits.size() - count);
  digits.resize(count);
  if (!up) return;
  std::size_t place = count;
  while (place > 0 && digits[place - 1] == '9') digits[--place] = '0';
  if (place > 0) {
    ++digits[place - 1];
  } else {
    digits.insert(digits.begin(), '1');
  }
}

std::optional<std::string> Written(bool negative, std::string digits, std::int32_t tens) {
  while (digits.size() > 1 && digits.back() == '0') {
    digits.pop_back();
    ++tens;
  }
  if (digits.empty() || digits == "0") return "0";
  const auto size = static_cast<std::int32_t>(digits.size());
  if (std::abs(tens) > kMaxTens - kPlainPlaces || std::abs(tens + size) > kMaxTens) return std::nullopt;
  std::string text = negative ? "-" : "";
  if (tens >= 0 && tens + size <= static_cast<std::int32_t>(kExactDigits)) {
    return text + digits + std::string(static_cast<std::size_t>(tens), '0');
  }
  if (tens < 0 && -tens < size) return text + digits.insert(digits.size() - static_cast<std::size_t>(-tens), 1, '.');
  if (tens < 0 && -tens - size < kPlainPlaces) {
    return text + "0." + std::string(static_cast<std::size_t>(-tens - size), '0') + digits;
  }
  return text + digits + "e" + std::to_string(tens);
}

}  // namespace

Amount AmountOf(const Decimal& decimal) {
  Amount amount{.negative = decimal.negative(), .tens = decimal.exponent()};
  if (const auto digits = Wide::Parse(decimal.digits())) amount.numerator = *digits;
  if (amount.numerator.zero()) amount.negative = false;
  return amount;
}

std::optional<Amount> Multiply(const Amount& amount, const Factor& factor) {
  const std::optional<Wide> numerator = amount.numerator.Times(factor.numerator);
  const std::optional<Wide> denominator = amount.denominator.Times(factor.denominator);
  if (!numerator || !denominator) return std::nullopt;
  return Amount{amount.negative, *numerator, *denominator, amount.tens + factor.tens, amount.pis + factor.pis};
}

std::optional<Amount> Add(const Amount& left, const Amount& right) {
  const std::int32_t tens = std::min(left.tens, right.tens);
  if (left.tens - tens > kFarApart || right.tens - tens > kFarApart) return std::nullopt;
  std::optional<Wide> a = left.numerator.Times(right.denominator);
  std::optional<Wide> b = right.numerator.Times(left.denominator);
  const std::optional<Wide> denominator = left.denominator.Times(right.denominator);
  if (!a || !b || !denominator) return std::nullopt;
  if (!a->TimesPowerOfTen(static_cast<std::size_t>(left.tens - tens))) return std::nullopt;
  if (!b->TimesPowerOfTen(static_cast<std::size_t>(right.tens - tens))) return std::nullopt;
  Amount sum{left.negative, *a, *denominator, tens, 0};
  if (left.negative == right.negative) {
    if (!sum.numerator.Add(*b)) return std::nullopt;
  } else if (*a >= *b) {
    sum.numerator.Subtract(*b);
  } else {
    b->Subtract(*a);
    sum.numerator = *b;
    sum.negative = right.negative;
  }
  if (sum.numerator.zero()) sum.negative = false;
  return sum;
}

std::optional<std::strong_ordering> Compare(const Amount& left, const Amount& right) {
  const auto sign = [](const Amount& amount) { return amount.numerator.zero() ? 0 : (amount.negative ? -1 : 1); };
  if (sign(left) != sign(right)) return sign(left) <=> sign(right);
  if (sign(left) == 0) return std::strong_ordering::equal;
  if (left.negative) {
    Amount a = left;
    Amount b = right;
    a.negative = b.negative = false;
    return Compare(b, a);
  }
  if (left.pis != right.pis) {
    Amount a = left;
    Amount b = right;
    a.pis -= right.pis;
    b.pis = 0;
    if (!SpellPi(a)) return std::nullopt;
    return Compare(a, b);
  }
  std::optional<Wide> a = left.numerator.Times(right.denominator);
  std::optional<Wide> b = right.numerator.Times(left.denominator);
  if (!a || !b) return std::nullopt;
  const std::int32_t more = left.tens - right.tens;
  if (std::abs(more) > kFarApart) return more <=> 0;
  if (!(more > 0 ? *a : *b).TimesPowerOfTen(static_cast<std::size_t>(std::abs(more)))) return more <=> 0;
  return *a <=> *b;
}

std::optional<Number> ToNumber(const Amount& amount, std::size_t rounded) {
  if (amount.numerator.zero()) return Number{"0"};
  Amount rest = amount;
  bool exact = rest.pis == 0;
  if (!exact && !SpellPi(rest)) return std::nullopt;
  std::string digits;
  if (Terminates(rest)) {
    digits = rest.numerator.Digits();
  } else {
    const auto above = static_cast<std::int32_t>(rest.numerator.Digits().size());
    const auto below = static_cast<std::int32_t>(rest.denominator.Digits().size());
    const std::int32_t places = std::max(0, static_cast<std::int32_t>(rounded) + 2 - above + below);
    if (!rest.numerator.TimesPowerOfTen(static_cast<std::size_t>(places))) return std::nullopt;
    rest.tens -= places;
    const std::optional<Wide> quotient = Divide(rest.numerator, rest.denominator);
    if (!quotient) return std::nullopt;
    exact = exact && rest.numerator.zero();
    digits = quotient->Digits();
  }
  exact = exact && rounded >= kRoundedDigits && digits.find_last_not_of('0') < kExactDigits;
  if (!exact) RoundTo(digits, rounded, rest.tens);
  std::optional<std::string> text = Written(rest.negative, std::move(digits), rest.tens);
  if (!text) return std::nullopt;
  return Number{*std::move(text), exact};
}

}  // namespace throughline::units
