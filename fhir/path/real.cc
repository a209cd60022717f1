#include "fhir/path/real.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "fhir/path/digits.h"
#include "fhir/path/number.h"

namespace throughline::path {
namespace {

constexpr std::size_t kPlaces = 80;  // digits after the point while reckoning
constexpr std::size_t kResultPlaces = 28;
constexpr std::size_t kResultDigits = 40;
constexpr int kMaxTenPower = 40;

constexpr std::string_view kLn2 = "69314718055994530941723212145817656807550013436025525412068000949339362196969472";
constexpr std::string_view kLn10 = "230258509299404568401799145468436420760110148862877297603332790096757260967735248";

// A number with kPlaces digits after the point.
struct Real {
  bool negative = false;
  std::string digits;
};

bool IsZero(const Real& a) { return a.digits.empty(); }

Real Negated(Real a) {
  a.negative = !a.negative && !IsZero(a);
  return a;
}

Real AddReals(const Real& a, const Real& b) {
  if (a.negative == b.negative) return {a.negative, AddDigits(a.digits, b.digits)};
  const int order = CompareDigits(a.digits, b.digits);
  if (order == 0) return {};
  return order > 0 ? Real{a.negative, SubtractDigits(a.digits, b.digits)}
                   : Real{b.negative, SubtractDigits(b.digits, a.digits)};
}

Real Multiply(const Real& a, const Real& b) {
  std::string digits = MultiplyDigits(a.digits, b.digits);
  digits.resize(digits.size() > kPlaces ? digits.size() - kPlaces : 0);
  return {a.negative != b.negative && !digits.empty(), std::move(digits)};
}

Real DivideReals(const Real& a, const Real& b) {
  std::string remainder;
  std::string scaled = a.digits;
  if (!scaled.empty()) scaled.append(kPlaces, '0');
  std::string digits = DivideDigits(scaled, b.digits, remainder);
  return {a.negative != b.negative && !digits.empty(), std::move(digits)};
}

Real DivideSmall(const Real& a, unsigned by) {
  std::string digits = DivideBySmall(a.digits, by);
  return {a.negative && !digits.empty(), std::move(digits)};
}

Real TimesReal(const Real& a, int count) {
  const std::string by = std::to_string(count < 0 ? -count : count);
  std::string digits = MultiplyDigits(a.digits, by == "0" ? "" : by);
  return {a.negative != (count < 0) && !digits.empty(), std::move(digits)};
}

const Real& One() {
  static const Real one{false, "1" + std::string(kPlaces, '0')};
  return one;
}

// Moves the point: times 10^power.
Real Shift(Real a, int power) {
  if (IsZero(a)) return a;
  if (power >= 0) {
    a.digits.append(static_cast<std::size_t>(power), '0');
  } else {
    const auto drop = static_cast<std::size_t>(-power);
    a.digits.resize(a.digits.size() > drop ? a.digits.size() - drop : 0);
  }
  return a;
}

// Nothing for what is no number, or is beyond 10^kPlaces either way.
std::optional<Real> ReadReal(std::string_view number) {
  const std::optional<std::string> plain = RoundNumber(number, kPlaces, Rounding::kHalfAwayFromZero);
  if (!plain) return std::nullopt;
  std::string_view text = *plain;
  Real real{text.starts_with('-'), {}};
  if (real.negative) text.remove_prefix(1);
  const std::size_t point = std::min(text.find('.'), text.size());
  real.digits = text.substr(0, point);
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  real.digits += fraction;
  real.digits.append(kPlaces - fraction.size(), '0');
  TrimDigits(real.digits);
  if (IsZero(real)) real.negative = false;
  return real;
}

std::optional<std::string> WriteReal(const Real& real) {
  const std::size_t whole = real.digits.size() > kPlaces ? real.digits.size() - kPlaces : 0;
  if (whole > kResultDigits) return std::nullopt;
  std::string digits = real.digits;
  if (digits.size() <= kPlaces) digits.insert(0, kPlaces + 1 - digits.size(), '0');
  std::string text = real.negative ? "-" : "";
  text.append(digits, 0, digits.size() - kPlaces);
  const std::size_t places = std::min(kResultPlaces, kResultDigits - whole);
  // One rounding, from all that was reckoned; RoundNumber() takes 64 digits.
  text += '.';
  text.append(digits, digits.size() - kPlaces, std::min<std::size_t>(kPlaces, places + 8));
  std::optional<std::string> rounded = RoundNumber(text, places, Rounding::kHalfAwayFromZero);
  if (!rounded || rounded->find('.') == std::string::npos) return rounded;
  rounded->resize(rounded->find_last_not_of('0') + 1);
  if (rounded->ends_with('.')) rounded->pop_back();
  return rounded;
}

// e^a for a small a, by its series.
Real SmallExponential(const Real& a) {
  Real sum = One();
  Real term = One();
  for (unsigned n = 1; !IsZero(term); ++n) {
    term = DivideSmall(Multiply(term, a), n);
    sum = AddReals(sum, term);
  }
  return sum;
}

std::optional<Real> ExpReal(const Real& a) {
  const Real ln10{false, std::string(kLn10)};
  const Real tens = DivideReals(a, ln10);
  int power = 0;
  if (tens.digits.size() > kPlaces + 3) return a.negative ? std::optional(Real{}) : std::nullopt;
  if (tens.digits.size() > kPlaces) {
    const std::string whole = tens.digits.substr(0, tens.digits.size() - kPlaces);
    std::from_chars(whole.data(), whole.data() + whole.size(), power);
  }
  if (a.negative) power = -power;
  if (power > kMaxTenPower) return std::nullopt;
  return Shift(SmallExponential(AddReals(a, Negated(TimesReal(ln10, power)))), power);
}

// Of a number above zero: ln(m 10^p 2^k) with m near 1, ln(m) = 2 atanh((m - 1) / (m + 1)).
Real LnReal(Real a) {
  const int power = static_cast<int>(a.digits.size()) - static_cast<int>(kPlaces) - 1;
  a = Shift(std::move(a), -power);
  int twos = 0;
  const Real limit{false, "14" + std::string(kPlaces - 1, '0')};
  while (CompareDigits(a.digits, limit.digits) > 0) {
    a = DivideSmall(a, 2);
    ++twos;
  }
  const Real ratio = DivideReals(AddReals(a, Negated(One())), AddReals(a, One()));
  const Real square = Multiply(ratio, ratio);
  Real sum = ratio;
  Real term = ratio;
  for (unsigned n = 3; !IsZero(term); n += 2) {
    term = Multiply(term, square);
    sum = AddReals(sum, DivideSmall(term, n));
  }
  const Real rest =
      AddReals(TimesReal({false, std::string(kLn2)}, twos), TimesReal({false, std::string(kLn10)}, power));
  return AddReals(TimesReal(sum, 2), rest);
}

std::optional<int> SmallInteger(std::string_view number) {
  const std::optional<std::string> whole = RoundNumber(number, 0, Rounding::kToZero);
  if (!whole || CompareNumbers(*whole, number) != 0) return std::nullopt;
  int value = 0;
  const auto [end, error] = std::from_chars(whole->data(), whole->data() + whole->size(), value);
  if (error != std::errc{} || value > 1000 || value < -1000) return std::nullopt;
  return value;
}

// Exact as far as the digits go. Nothing: it grows too large.
std::optional<std::string> WholePower(std::string_view number, int exponent) {
  std::optional<std::string> result = "1";
  for (int i = 0; result && i < (exponent < 0 ? -exponent : exponent); ++i) {
    std::optional<std::string> next = MultiplyNumbers(*result, number);
    result = std::move(next);
  }
  return result && exponent < 0 ? DivideNumbers("1", *result) : result;
}

}  // namespace

std::optional<std::string> SquareRoot(std::string_view number) {
  const std::optional<Real> a = ReadReal(number);
  if (!a || a->negative) return std::nullopt;
  // Pairs of digits from the left, one digit of the root for each; the number of digits is made even.
  std::string digits = a->digits;
  digits.append(kPlaces, '0');
  if (digits.size() % 2 != 0) digits.insert(0, 1, '0');
  std::string root;
  std::string rest;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    rest += digits.substr(i, 2);
    TrimDigits(rest);
    const std::string twenty = MultiplyDigits(root, "20");
    char digit = '0';
    std::string taken;
    for (char next = '1'; next <= '9'; ++next) {
      const std::string one(1, next);
      std::string product = MultiplyDigits(AddDigits(twenty, one), one);
      if (CompareDigits(product, rest) > 0) break;
      digit = next;
      taken = std::move(product);
    }
    rest = SubtractDigits(rest, taken);
    root += digit;
    TrimDigits(root);
  }
  return WriteReal({false, root});
}

std::optional<std::string> Exponential(std::string_view number) {
  const std::optional<Real> a = ReadReal(number);
  const std::optional<Real> result = a ? ExpReal(*a) : std::nullopt;
  return result ? WriteReal(*result) : std::nullopt;
}

std::optional<std::string> NaturalLogarithm(std::string_view number) {
  const std::optional<Real> a = ReadReal(number);
  if (!a || a->negative || IsZero(*a)) return std::nullopt;
  return WriteReal(LnReal(*a));
}

std::optional<std::string> Logarithm(std::string_view number, std::string_view base) {
  const std::optional<Real> a = ReadReal(number);
  const std::optional<Real> b = ReadReal(base);
  if (!a || !b || a->negative || b->negative || IsZero(*a) || IsZero(*b)) return std::nullopt;
  const Real divisor = LnReal(*b);
  return IsZero(divisor) ? std::nullopt : WriteReal(DivideReals(LnReal(*a), divisor));
}

std::optional<std::string> PowerOf(std::string_view number, std::string_view exponent) {
  const std::optional<int> whole = SmallInteger(exponent);
  if (whole) {
    std::optional<std::string> exact = WholePower(number, *whole);
    if (exact) return exact;
  }
  const std::optional<Real> a = ReadReal(number);
  const std::optional<Real> b = ReadReal(exponent);
  if (!a || !b) return std::nullopt;
  if (IsZero(*a)) return b->negative ? std::nullopt : std::optional<std::string>(IsZero(*b) ? "1" : "0");
  if (a->negative && !whole) return std::nullopt;
  const std::optional<Real> result = ExpReal(Multiply(*b, LnReal({false, a->digits})));
  if (!result) return std::nullopt;
  return WriteReal(a->negative && *whole % 2 != 0 ? Negated(*result) : *result);
}

}  // namespace throughline::path
