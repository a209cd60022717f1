// Exact values of quantities in base units: what units are compared and converted by.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fhir/base/decimal.h"
#include "fhir/units/factor.h"
#include "fhir/units/units.h"

namespace throughline::units {

// +-numerator / denominator * 10^tens * pi^pis; zero has the numerator zero.
struct Amount {
  bool negative = false;
  Wide numerator{};
  Wide denominator{1};
  std::int32_t tens = 0;
  std::int32_t pis = 0;
};

Amount AmountOf(const Decimal& decimal);
// Nothing, here and below: the result needs more than 616 digits.
std::optional<Amount> Multiply(const Amount& amount, const Factor& factor);
// Both without pi.
std::optional<Amount> Add(const Amount& left, const Amount& right);
std::optional<std::strong_ordering> Compare(const Amount& left, const Amount& right);

// Exact where that takes at most 64 digits, else rounded to 34, half away from zero. With fewer than 34 `rounded` it is
// never called exact.
inline constexpr std::size_t kRoundedDigits = 34;
std::optional<Number> ToNumber(const Amount& amount, std::size_t rounded = kRoundedDigits);

}  // namespace throughline::units
