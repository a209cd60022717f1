// Whole numbers without an end, as decimal digits: no sign, no leading zeros, empty for zero.
#pragma once

#include <string>
#include <string_view>

namespace throughline::path {

// Takes leading zeros away.
void TrimDigits(std::string& digits);

int CompareDigits(std::string_view a, std::string_view b);  // -1, 0, 1
std::string AddDigits(std::string_view a, std::string_view b);
std::string SubtractDigits(std::string_view a, std::string_view b);  // a - b where a >= b
std::string MultiplyDigits(std::string_view a, std::string_view b);
// `b` is not empty.
std::string DivideDigits(std::string_view a, std::string_view b, std::string& remainder);
// By a small number above 0; the remainder is dropped.
std::string DivideBySmall(std::string_view a, unsigned by);

}  // namespace throughline::path
