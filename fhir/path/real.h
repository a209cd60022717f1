// Roots, powers and logarithms of decimals, by series on decimal digits: no binary fraction comes near them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace throughline::path {

// Arguments are JSON number literals. Results are rounded to 28 digits after the point, or to 40 significant ones where
// that is less; trailing zeros are cut. Nothing: there is no real result, or it has more than 40 digits before the
// point.
std::optional<std::string> SquareRoot(std::string_view number);
std::optional<std::string> Exponential(std::string_view number);
std::optional<std::string> NaturalLogarithm(std::string_view number);
std::optional<std::string> Logarithm(std::string_view number, std::string_view base);
std::optional<std::string> PowerOf(std::string_view number, std::string_view exponent);

}  // namespace throughline::path
