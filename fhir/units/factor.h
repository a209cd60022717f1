// Exact factors between units: a fraction, a power of ten and a power of pi.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fhir/units/natural.h"

namespace throughline::units {

// numerator / denominator * 10^tens * pi^pis, always above zero and in lowest terms.
struct Factor {
  Natural numerator{1};
  Natural denominator{1};
  std::int32_t tens = 0;
  std::int32_t pis = 0;
};

// A decimal literal above zero ("2.54", "6.6260755e-34"); nothing for anything else or one of more than 77 digits.
std::optional<Factor> FactorOf(std::string_view decimal);

// Nothing: the exact result has a part of more than 77 digits or a power beyond +-2,000.
std::optional<Factor> Multiply(const Factor& left, const Factor& right);
std::optional<Factor> Power(const Factor& factor, int exponent);
Factor Inverse(const Factor& factor);

}  // namespace throughline::units
