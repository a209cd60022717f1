// Decimals as texts that compare, byte for byte, as the numbers do: exact, and what a database can index.
#pragma once

#include <string>
#include <string_view>

namespace throughline::search {

// Behind a key and before every greater one: what closes a span.
inline constexpr std::string_view kJustBehind = "!";

// "" and "~" are less and greater than every key.
// `literal` is a JSON number within the limits of Decimal; empty for what is none.
std::string NumberKey(std::string_view literal);
// The number that a key stands for, as a JSON number: "0.95". Empty for "" and "~".
std::string NumberOfKey(std::string_view key);

// The ends [low, high) of what a literal stands for by its written precision: 100 is [99.5, 100.5), 1e2 is [95, 105).
// https://hl7.org/fhir/R4/search.html#number
struct NumberSpan {
  std::string low;
  std::string high;
};
NumberSpan WrittenSpan(std::string_view literal);
// A tenth of the value to both sides: what `ap` means.
NumberSpan ApproximateSpan(std::string_view literal);
// The number alone.
NumberSpan ExactSpan(std::string_view literal);

}  // namespace throughline::search
