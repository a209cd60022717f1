#include "fhir/units/factor.h"

#include <cstdlib>
#include <utility>

#include "fhir/base/decimal.h"

namespace throughline::units {
namespace {

constexpr std::int32_t kMaxFactorPower = 2000;

Natural CommonDivisor(Natural a, Natural b) {
  Natural shared{1};
  while (!a.zero() && !b.zero()) {
    if (!a.odd() && !b.odd()) {
      shared.MultiplySmall(2);
      a.Halve();
      b.Halve();
    } else if (!a.odd()) {
      a.Halve();
    } else if (!b.odd()) {
      b.Halve();
    } else if (a >= b) {
      a.Subtract(b);
    } else {
      b.Subtract(a);
    }
  }
  const auto product = (a.zero() ? b : a).Times(shared);
  return product.value_or(Natural{1});
}

// number / divisor where nothing is left over, bit by bit: factors that need it are rare.
Natural Quotient(Natural number, const Natural& divisor) {
  if (divisor.size() == 1) {
    number.DivideSmall(divisor.limb(0));
    return number;
  }
  Natural quotient;
  while (number >= divisor) {
    Natural step = divisor;
    Natural count{1};
    for (Natural twice = step; twice.MultiplySmall(2) && twice <= number; step = twice) count.MultiplySmall(2);
    number.Subtract(step);
    quotient.Add(count);
  }
  return quotient;
}

std::int32_t TakeTens(Natural& number) {
  std::int32_t tens = 0;
  for (; !number.zero() && number.Divisible(10); ++tens) number.DivideSmall(10);
  return tens;
}

void Reduce(Natural& numerator, Natural& denominator) {
  if (numerator.one() || denominator.one()) return;
  const Natural shared = CommonDivisor(numerator, denominator);
  if (shared.one()) return;
  numerator = Quotient(numerator, shared);
  denominator = Quotient(denominator, shared);
}

bool InRange(const Factor& factor) {
  return std::abs(factor.tens) <= kMaxFactorPower && std::abs(factor.pis) <= kMaxFactorPower;
}

}  // namespace

std::optional<Factor> FactorOf(std::string_view decimal) {
  const std::optional<Decimal> read = Decimal::Parse(decimal);
  if (!read || read->negative() || read->digits().empty()) return std::nullopt;
  const std::optional<Natural> digits = Natural::Parse(read->digits());
  if (!digits) return std::nullopt;
  Factor factor{.numerator = *digits, .tens = read->exponent()};
  factor.tens += TakeTens(factor.numerator);
  return factor;
}

std::optional<Factor> Multiply(const Factor& left, const Factor& right) {
  Factor a = left;
  Factor b = right;
  Reduce(a.numerator, b.denominator);
  Reduce(b.numerator, a.denominator);
  const auto numerator = a.numerator.Times(b.numerator);
  const auto denominator = a.denominator.Times(b.denominator);
  if (!numerator || !denominator) return std::nullopt;
  Factor product{*numerator, *denominator, a.tens + b.tens, a.pis + b.pis};
  product.tens += TakeTens(product.numerator);
  product.tens -= TakeTens(product.denominator);
  if (!InRange(product)) return std::nullopt;
  return product;
}

Factor Inverse(const Factor& factor) { return {factor.denominator, factor.numerator, -factor.tens, -factor.pis}; }

std::optional<Factor> Power(const Factor& factor, int exponent) {
  const Factor base = exponent < 0 ? Inverse(factor) : factor;
  if (base.numerator.one() && base.denominator.one()) {
    const std::int64_t times = std::abs(std::int64_t{exponent});
    if (std::abs(base.tens) * times > kMaxFactorPower || std::abs(base.pis) * times > kMaxFactorPower)
      return std::nullopt;
    return Factor{.tens = static_cast<std::int32_t>(base.tens * times),
                  .pis = static_cast<std::int32_t>(base.pis * times)};
  }
  std::optional<Factor> power = Factor{};
  for (int i = std::abs(exponent); i > 0 && power; --i) power = Multiply(*power, base);
  return power;
}

}  // namespace throughline::units
