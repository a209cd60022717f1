// Units of measure by UCUM, case sensitive: what a code means, which quantities can be compared, and how they convert.
// Numbers are decimal literals in and out (JSON number grammar, the limits of throughline::Decimal); arithmetic is
// exact. No I/O, nothing mutable: safe from several threads. https://ucum.org/ucum
//
// What is not exact, and says so (Number::exact):
// - a quotient that never ends (1/3), rounded to 34 digits; units of pi (deg, [pi]) against those without it;
// - the logarithmic and trigonometric units (pH, Np, B[...], bit_s, [p'diop]...), by double with 15 digits.
// What stays a mystery: a unit with Cel or a logarithmic unit inside a product ("Cel/m"), and one whose exact factor
// has more than 77 digits on one side. Such a unit is valid, and compares only with itself, written the same.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/units/term.h"

namespace throughline::units {

struct Number {
  std::string text;  // a JSON number; no exponent, as far as 40 places after the point reach; no trailing zeros
  bool exact = true;
};

// A code, read once. Keep it where one unit meets many values.
class Unit {
 public:
  // Nothing: not UCUM (grammar, an atom that there is not, more than 256 characters, parentheses deeper than 16).
  static std::optional<Unit> Parse(std::string_view code);

  // The unit that all units of the kind are brought to: "m.s-2", "g", "1", "[iU].m-3"; itself for a mystery. Two units
  // are comparable when these texts are equal. The text is a UCUM code.
  const std::string& canonical() const { return canonical_; }

  // `value` of this unit in the canonical one. Nothing: `value` is no number, or the result is beyond 10^+-999.
  std::optional<Number> ToCanonical(std::string_view value) const;

  // The order of two quantities; nothing when they cannot be compared.
  static std::optional<std::strong_ordering> Compare(std::string_view left, const Unit& left_unit,
                                                     std::string_view right, const Unit& right_unit);
  // Between the units of a kind, and also between a logarithmic unit and what it is the logarithm of.
  static std::optional<Number> Convert(std::string_view value, const Unit& from, const Unit& to);

 private:
  Term term_;
  std::string canonical_;
};

// The same, for units as they are written; any text is a unit, and one that is no UCUM code is comparable with itself
// alone. (A missing unit is the caller's to think about: "" is such a text; the unit of pure numbers is "1".)
bool IsUnit(std::string_view code);
bool Comparable(std::string_view left, std::string_view right);
std::optional<std::strong_ordering> Compare(std::string_view left, std::string_view left_unit, std::string_view right,
                                            std::string_view right_unit);
// The value as it was where the units are the same text.
std::optional<Number> Convert(std::string_view value, std::string_view from, std::string_view to);

// What an index keeps: quantities are the same when both parts are. An unknown unit keeps its own text and the value
// its own number.
struct CanonicalQuantity {
  Number value;
  std::string unit;
};
std::optional<CanonicalQuantity> ToCanonical(std::string_view value, std::string_view unit);

// The codes of products and quotients of quantities: ("g", "m2") -> "g/m2", ("cm", "cm") -> "cm2" and "1".
// Nothing when one of them is no UCUM code, or cannot be part of a product.
std::optional<std::string> ProductUnit(std::string_view left, std::string_view right);
std::optional<std::string> QuotientUnit(std::string_view left, std::string_view right);

}  // namespace throughline::units
