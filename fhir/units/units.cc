#include "fhir/units/units.h"

#include <utility>

#include "fhir/base/decimal.h"
#include "fhir/units/amount.h"
#include "fhir/units/special.h"

namespace throughline::units {
namespace {

const AtomRow* SpecialOf(const Term& term) {
  return term.special < 0 ? nullptr : &Atoms()[static_cast<std::size_t>(term.special)];
}

bool IsFunction(const Term& term) {
  const AtomRow* row = SpecialOf(term);
  return row != nullptr && HasFunction(row->kind);
}

// The number as one of the atom without its prefix.
std::optional<Amount> Scaled(const Amount& amount, std::int32_t scale) {
  return Multiply(amount, Factor{.tens = scale});
}

Amount ShiftOf(const AtomRow& row) {
  const std::optional<Decimal> shift = Decimal::Parse(row.shift);
  return shift ? AmountOf(*shift) : Amount{};
}

std::optional<Amount> ReadAmount(std::string_view text) {
  const std::optional<Decimal> decimal = Decimal::Parse(text);
  if (!decimal) return std::nullopt;
  return AmountOf(*decimal);
}

// From a unit to the base units of its dimension, and back; `exact` becomes false where a function is on the way.
std::optional<Amount> ToBase(const Amount& value, const Term& unit, bool& exact) {
  const AtomRow* row = SpecialOf(unit);
  if (row == nullptr) return Multiply(value, unit.factor);
  std::optional<Amount> number = Scaled(value, unit.scale);
  if (!number) return std::nullopt;
  if (HasFunction(row->kind)) {
    exact = false;
    const std::optional<Number> text = ToNumber(*number);
    const std::optional<std::string> result = text ? FromSpecial(row->kind, text->text) : std::nullopt;
    number = result ? ReadAmount(*result) : std::nullopt;
  } else {
    number = Add(*number, ShiftOf(*row));
  }
  if (!number) return std::nullopt;
  return Multiply(*number, unit.factor);
}

std::optional<Amount> FromBase(const Amount& value, const Term& unit, bool& exact) {
  std::optional<Amount> number = Multiply(value, Inverse(unit.factor));
  const AtomRow* row = SpecialOf(unit);
  if (row == nullptr || !number) return number;
  if (HasFunction(row->kind)) {
    exact = false;
    const std::optional<Number> text = ToNumber(*number);
    const std::optional<std::string> result = text ? ToSpecial(row->kind, text->text) : std::nullopt;
    number = result ? ReadAmount(*result) : std::nullopt;
  } else {
    Amount shift = ShiftOf(*row);
    shift.negative = true;
    number = Add(*number, shift);
  }
  if (!number) return std::nullopt;
  return Scaled(*number, -unit.scale);
}

// In the unit that the index keeps: a function's own, else base units.
std::optional<Amount> ToKept(const Amount& value, const Term& unit) {
  if (unit.mystery) return value;
  if (IsFunction(unit)) return Scaled(value, unit.scale);
  bool exact = true;
  return ToBase(value, unit, exact);
}

constexpr std::size_t kFunctionDigits = 15;

std::optional<Number> Finish(const std::optional<Amount>& amount, bool exact = true) {
  if (!amount) return std::nullopt;
  return ToNumber(*amount, exact ? kRoundedDigits : kFunctionDigits);
}

}  // namespace

std::optional<Unit> Unit::Parse(std::string_view code) {
  const std::optional<Term> term = ParseTerm(code);
  if (!term) return std::nullopt;
  Unit unit;
  unit.term_ = *term;
  if (term->mystery) {
    unit.canonical_ = code;
  } else {
    unit.canonical_ = IsFunction(*term) ? std::string(SpecialOf(*term)->code) : DimensionText(*term);
  }
  return unit;
}

std::optional<Number> Unit::ToCanonical(std::string_view value) const {
  const std::optional<Decimal> decimal = Decimal::Parse(value);
  if (!decimal) return std::nullopt;
  return Finish(ToKept(AmountOf(*decimal), term_));
}

std::optional<std::strong_ordering> Unit::Compare(std::string_view left, const Unit& left_unit, std::string_view right,
                                                  const Unit& right_unit) {
  const std::optional<Decimal> a = Decimal::Parse(left);
  const std::optional<Decimal> b = Decimal::Parse(right);
  if (!a || !b || left_unit.canonical_ != right_unit.canonical_) return std::nullopt;
  const std::optional<Amount> kept_left = ToKept(AmountOf(*a), left_unit.term_);
  const std::optional<Amount> kept_right = ToKept(AmountOf(*b), right_unit.term_);
  if (!kept_left || !kept_right) return std::nullopt;
  return units::Compare(*kept_left, *kept_right);
}

std::optional<Number> Unit::Convert(std::string_view value, const Unit& from, const Unit& to) {
  const std::optional<Decimal> decimal = Decimal::Parse(value);
  if (!decimal) return std::nullopt;
  if (from.term_.mystery || to.term_.mystery) {
    return from.canonical_ == to.canonical_ ? Finish(AmountOf(*decimal)) : std::nullopt;
  }
  if (!from.term_.SameDimension(to.term_)) return std::nullopt;
  if (IsFunction(from.term_) && from.term_.special == to.term_.special) {
    return Finish(Scaled(AmountOf(*decimal), from.term_.scale - to.term_.scale));
  }
  bool exact = true;
  const std::optional<Amount> base = ToBase(AmountOf(*decimal), from.term_, exact);
  const std::optional<Amount> result = base ? FromBase(*base, to.term_, exact) : std::nullopt;
  return Finish(result, exact);
}

}  // namespace throughline::units
