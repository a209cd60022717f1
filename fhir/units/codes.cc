// Units as they are written: any text, known to UCUM or not.
#include <algorithm>
#include <cctype>

#include "fhir/base/decimal.h"
#include "fhir/units/units.h"

namespace throughline::units {
namespace {

std::optional<std::strong_ordering> CompareNumbers(std::string_view left, std::string_view right) {
  const std::optional<Decimal> a = Decimal::Parse(left);
  const std::optional<Decimal> b = Decimal::Parse(right);
  if (!a || !b) return std::nullopt;
  return *a <=> *b;
}

// One atom without an exponent: its square is written "m2".
bool IsPlain(std::string_view code) { return code.find_first_of("./(){}0123456789+-*^") == std::string_view::npos; }

bool IsOne(std::string_view code) { return code == "1"; }

// What may stand right of an operator without parentheses.
std::string Operand(std::string_view code) {
  return code.find_first_of("./") == std::string_view::npos ? std::string(code) : "(" + std::string(code) + ")";
}

// A leading "/" may not stand in parentheses.
std::string Leading(std::string_view code) { return (code.starts_with('/') ? "1" : "") + std::string(code); }

bool CanMultiply(std::string_view code) {
  const std::optional<Term> term = ParseTerm(code);
  return term && !term->mystery && term->special < 0;
}

}  // namespace

bool IsUnit(std::string_view code) { return ParseTerm(code).has_value(); }

bool Comparable(std::string_view left, std::string_view right) {
  if (left == right) return true;
  const std::optional<Unit> a = Unit::Parse(left);
  const std::optional<Unit> b = Unit::Parse(right);
  return a && b && a->canonical() == b->canonical();
}

std::optional<std::strong_ordering> Compare(std::string_view left, std::string_view left_unit, std::string_view right,
                                            std::string_view right_unit) {
  if (left_unit == right_unit) return CompareNumbers(left, right);
  const std::optional<Unit> a = Unit::Parse(left_unit);
  const std::optional<Unit> b = Unit::Parse(right_unit);
  if (!a || !b) return std::nullopt;
  return Unit::Compare(left, *a, right, *b);
}

std::optional<Number> Convert(std::string_view value, std::string_view from, std::string_view to) {
  if (from == to) return Decimal::Parse(value) ? std::optional(Number{std::string(value)}) : std::nullopt;
  const std::optional<Unit> a = Unit::Parse(from);
  const std::optional<Unit> b = Unit::Parse(to);
  if (!a || !b) return std::nullopt;
  return Unit::Convert(value, *a, *b);
}

std::optional<CanonicalQuantity> ToCanonical(std::string_view value, std::string_view unit) {
  const std::optional<Unit> known = Unit::Parse(unit);
  if (!known) {
    if (!Decimal::Parse(value)) return std::nullopt;
    return CanonicalQuantity{{std::string(value)}, std::string(unit)};
  }
  std::optional<Number> number = known->ToCanonical(value);
  if (!number) return std::nullopt;
  return CanonicalQuantity{*std::move(number), known->canonical()};
}

std::optional<std::string> ProductUnit(std::string_view left, std::string_view right) {
  if (!CanMultiply(left) || !CanMultiply(right)) return std::nullopt;
  if (IsOne(left)) return std::string(right);
  if (IsOne(right)) return std::string(left);
  if (left == right && IsPlain(left)) return std::string(left) + "2";
  return std::string(left) + "." + Operand(Leading(right));
}

std::optional<std::string> QuotientUnit(std::string_view left, std::string_view right) {
  if (!CanMultiply(left) || !CanMultiply(right)) return std::nullopt;
  if (left == right) return "1";
  if (IsOne(right)) return std::string(left);
  return (IsOne(left) ? "" : std::string(left)) + "/" + Operand(Leading(right));
}

}  // namespace throughline::units
