// Exact arithmetic on decimal literals. Texts in, texts out; no number is ever a double.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace throughline::path {

// All arguments are JSON number literals. Nothing: the result has more than 64 digits or a divisor is zero.
// Results carry no exponent; those of Divide() are rounded to 28 digits after the point at most.
std::optional<std::string> AddNumbers(std::string_view left, std::string_view right);
std::optional<std::string> SubtractNumbers(std::string_view left, std::string_view right);
std::optional<std::string> MultiplyNumbers(std::string_view left, std::string_view right);
std::optional<std::string> DivideNumbers(std::string_view left, std::string_view right);
// Towards zero; an integer.
std::optional<std::string> WholeDivideNumbers(std::string_view left, std::string_view right);
std::optional<std::string> ModuloNumbers(std::string_view left, std::string_view right);

enum class Rounding : std::uint8_t { kDown, kUp, kToZero, kHalfAwayFromZero };
// To `places` digits after the point.
std::optional<std::string> RoundNumber(std::string_view number, std::size_t places, Rounding rounding);

// -1, 0 or 1 as `left` is less than, equal to or greater than `right`.
int CompareNumbers(std::string_view left, std::string_view right);

// The same for numbers that are equal.
std::uint64_t NumberHash(std::string_view number);

// Digits after the point that are written.
std::size_t WrittenPlaces(std::string_view number);
// Digits after the point that are written, trailing zeros not counted.
std::size_t SignificantPlaces(std::string_view number);

// number * unit, cut to an integer; nothing when it does not fit.
std::optional<std::int64_t> ScaledInteger(std::string_view number, std::int64_t unit);

}  // namespace throughline::path
