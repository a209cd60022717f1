// Decimal numbers whose digits are kept.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace throughline {

// True for a JSON number literal: -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
bool IsJsonNumber(std::string_view text);

// A decimal as it was written ("1.50", "-0.0", "1.00E2"): the text is the value, comparison is by number and exact.
// At most 64 digits and an exponent within +-999 (threats.md 2.1).
// https://hl7.org/fhir/R4/datatypes.html#decimal
class Decimal {
 public:
  // Nothing for what is not a JSON number or is over the limits.
  static std::optional<Decimal> Parse(std::string_view text);

  const std::string& text() const { return text_; }
  bool negative() const { return negative_; }
  // The significant digits without sign, point, exponent and leading zeros ("150" for 1.50); "" for zero.
  std::string_view digits() const { return digits_; }
  // Power of ten of the last written digit: -2 for 1.50, 0 for 15, 0 for 1.00E2.
  int exponent() const { return exponent_; }

  // By value: 1.50 == 1.5, -0.0 == 0.
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) { return std::is_eq(a <=> b); }

 private:
  std::string text_;
  std::string digits_;
  int exponent_ = 0;
  bool negative_ = false;
};

}  // namespace throughline
