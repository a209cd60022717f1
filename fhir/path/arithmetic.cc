// + - * / div mod & and unary minus. https://hl7.org/fhirpath/N1/#math
#include <limits>
#include <string>

#include "fhir/path/moment.h"
#include "fhir/path/number.h"
#include "fhir/path/operators.h"
#include "fhir/path/quantity.h"
#include "fhir/units/units.h"

namespace throughline::path {
namespace {

using NumberOperation = std::optional<std::string> (*)(std::string_view, std::string_view);

bool IsQuantity(const Item& item) { return item.kind() == ItemKind::kQuantity; }

// What two whole numbers make: a Long when one of them is.
ItemKind WholeKind(const Item& left, const Item& right) {
  const bool integers = left.kind() == ItemKind::kInteger && right.kind() == ItemKind::kInteger;
  return integers ? ItemKind::kInteger : ItemKind::kLong;
}

// Two single values; `there` is false when one is missing.
struct Operands {
  Item left;
  Item right;
  bool there = false;
};

bool ReadOperands(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Operands& out) {
  bool have_left = false;
  bool have_right = false;
  if (!Single(run, offset, left, out.left, have_left) || !Single(run, offset, right, out.right, have_right)) {
    return false;
  }
  out.there = have_left && have_right;
  return true;
}

bool WrongTypes(Evaluator& run, std::size_t offset) {
  return run.Fail(offset, "the operator does not take values of these types");
}

bool AddNumber(Evaluator& run, std::size_t offset, std::string_view number, Collection& out) {
  std::string_view kept;
  if (!run.Keep(offset, number, kept)) return false;
  out.Add(Item::Decimal(kept));
  return true;
}

bool AddQuantity(Evaluator& run, std::size_t offset, std::string_view number, const Item& like, Collection& out) {
  std::string_view kept;
  if (!run.Keep(offset, number, kept)) return false;
  out.Add(like.kind() == ItemKind::kQuantity ? like.WithNumber(kept) : Item::Quantity(kept, "1"));
  return true;
}

bool Decimals(Evaluator& run, std::size_t offset, const Operands& operands, NumberOperation operation,
              Collection& out) {
  const NumberText left(operands.left);
  const NumberText right(operands.right);
  const std::optional<std::string> result = operation(left.view(), right.view());
  return !result || AddNumber(run, offset, *result, out);
}

bool MovedMoment(Evaluator& run, std::size_t offset, const Operands& operands, bool back, Collection& out) {
  const Item& moment = operands.left;
  std::string moved;
  switch (MoveMoment(moment, operands.right.text(), CalendarWord(operands.right), back, moved)) {
    case Move::kUnfit:
      return run.Fail(offset, "this unit cannot be added to a date or time");
    case Move::kTooFar:
      return run.Fail(offset, "the date leaves the years 1 to 9999");
    case Move::kDone:
      break;
  }
  std::string_view kept;
  if (!run.Keep(offset, moved, kept)) return false;
  out.Add(moment.kind() == ItemKind::kDate   ? Item::Date(kept)
          : moment.kind() == ItemKind::kTime ? Item::Time(kept)
                                             : Item::DateTime(kept));
  return true;
}

// In the finer unit of the two.
bool SumOfQuantities(Evaluator& run, std::size_t offset, const Operands& operands, NumberOperation operation,
                     Collection& out) {
  if (IsSpecialUnit(UnitOf(operands.left))) return true;
  const auto one = [](const Item& item) { return Item::Quantity("1", UnitOf(item), item.calendar()); };
  const Order order = CompareQuantities(one(operands.left), one(operands.right));
  const Item& like = order == Order::kGreater ? operands.right : operands.left;
  const std::optional<std::string> left = InUnit(operands.left, like);
  const std::optional<std::string> right = InUnit(operands.right, like);
  const std::optional<std::string> sum = left && right ? operation(*left, *right) : std::nullopt;
  return !sum || AddQuantity(run, offset, *sum, like, out);
}

bool SumOperands(Evaluator& run, std::size_t offset, const Operands& operands, bool back, Collection& out) {
  const NumberOperation operation = back ? SubtractNumbers : AddNumbers;
  if (IsWhole(operands.left) && IsWhole(operands.right)) {
    std::int64_t result = 0;
    const bool overflow = back ? __builtin_sub_overflow(operands.left.integer(), operands.right.integer(), &result)
                               : __builtin_add_overflow(operands.left.integer(), operands.right.integer(), &result);
    return overflow || AddInteger(result, WholeKind(operands.left, operands.right), out);
  }
  if (IsNumber(operands.left) && IsNumber(operands.right)) return Decimals(run, offset, operands, operation, out);
  if (IsMoment(operands.left) && IsQuantity(operands.right)) {
    return MovedMoment(run, offset, operands, back, out);
  }
  const bool quantities = (IsQuantity(operands.left) || IsNumber(operands.left)) &&
                          (IsQuantity(operands.right) || IsNumber(operands.right));
  if (quantities) return SumOfQuantities(run, offset, operands, operation, out);
  return WrongTypes(run, offset);
}

// The unit of a product or quotient; nothing where there is none, as for calendar units and those on scales of their
// own.
std::optional<std::string> UnitOfResult(const Operands& operands, bool divide) {
  const std::string_view left = UnitOf(operands.left);
  const std::string_view right = UnitOf(operands.right);
  if (IsSpecialUnit(left) || IsSpecialUnit(right)) return std::nullopt;
  if (right == "1") return std::string(left);
  if (left == "1" && !divide) return std::string(right);
  if (operands.left.calendar() || operands.right.calendar()) return std::nullopt;
  if (divide && left == right) return "1";
  return divide ? units::QuotientUnit(left, right) : units::ProductUnit(left, right);
}

bool ScaledQuantity(Evaluator& run, std::size_t offset, const Operands& operands, NumberOperation operation,
                    bool divide, Collection& out) {
  const NumberText left(operands.left);
  const NumberText right(operands.right);
  const std::optional<std::string> unit = UnitOfResult(operands, divide);
  const std::optional<std::string> result = unit ? operation(left.view(), right.view()) : std::nullopt;
  if (!result) return true;
  for (const Item& operand : {operands.left, operands.right}) {
    if (IsQuantity(operand) && operand.unit() == *unit) return AddQuantity(run, offset, *result, operand, out);
  }
  std::string_view kept_unit;
  if (!run.Keep(offset, *unit, kept_unit)) return false;
  return AddQuantity(run, offset, *result, Item::Quantity("1", kept_unit), out);
}

bool WholeNumbers(Evaluator& run, std::size_t offset, const Operands& operands, NumberOperation operation,
                  Collection& out) {
  const NumberText left(operands.left);
  const NumberText right(operands.right);
  const std::optional<std::string> result = operation(left.view(), right.view());
  if (!result) return true;
  if (!IsWhole(operands.left) || !IsWhole(operands.right)) return AddNumber(run, offset, *result, out);
  const std::optional<std::int64_t> whole = ScaledInteger(*result, 1);
  return !whole || AddInteger(*whole, WholeKind(operands.left, operands.right), out);
}

}  // namespace

bool FitsKind(std::int64_t value, ItemKind kind) {
  return kind == ItemKind::kLong ||
         (value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max());
}

bool AddInteger(std::int64_t value, ItemKind kind, Collection& out) {
  if (FitsKind(value, kind)) out.Add(kind == ItemKind::kLong ? Item::Long(value) : Item::Integer(value));
  return true;
}

bool Plus(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  Operands operands;
  if (!ReadOperands(run, offset, left, right, operands)) return false;
  if (!operands.there) return true;
  if (operands.left.kind() == ItemKind::kString && operands.right.kind() == ItemKind::kString) {
    return Concatenate(run, offset, left, right, out);
  }
  return SumOperands(run, offset, operands, false, out);
}

bool Minus(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  Operands operands;
  if (!ReadOperands(run, offset, left, right, operands)) return false;
  return !operands.there || SumOperands(run, offset, operands, true, out);
}

bool Times(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  Operands operands;
  if (!ReadOperands(run, offset, left, right, operands)) return false;
  if (!operands.there) return true;
  if (IsWhole(operands.left) && IsWhole(operands.right)) {
    std::int64_t product = 0;
    return __builtin_mul_overflow(operands.left.integer(), operands.right.integer(), &product) ||
           AddInteger(product, WholeKind(operands.left, operands.right), out);
  }
  if (IsNumber(operands.left) && IsNumber(operands.right)) {
    return Decimals(run, offset, operands, MultiplyNumbers, out);
  }
  const bool numeric = (IsNumber(operands.left) || IsQuantity(operands.left)) &&
                       (IsNumber(operands.right) || IsQuantity(operands.right));
  return numeric ? ScaledQuantity(run, offset, operands, MultiplyNumbers, false, out) : WrongTypes(run, offset);
}

bool Divide(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  Operands operands;
  if (!ReadOperands(run, offset, left, right, operands)) return false;
  if (!operands.there) return true;
  if (IsNumber(operands.left) && IsNumber(operands.right)) {
    return Decimals(run, offset, operands, DivideNumbers, out);
  }
  const bool numeric = (IsNumber(operands.left) || IsQuantity(operands.left)) &&
                       (IsNumber(operands.right) || IsQuantity(operands.right));
  if (!numeric) return WrongTypes(run, offset);
  return ScaledQuantity(run, offset, operands, DivideNumbers, true, out);
}

bool WholeDivide(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  Operands operands;
  if (!ReadOperands(run, offset, left, right, operands)) return false;
  if (!operands.there) return true;
  if (!IsNumber(operands.left) || !IsNumber(operands.right)) return WrongTypes(run, offset);
  return WholeNumbers(run, offset, operands, WholeDivideNumbers, out);
}

bool Modulo(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  Operands operands;
  if (!ReadOperands(run, offset, left, right, operands)) return false;
  if (!operands.there) return true;
  if (!IsNumber(operands.left) || !IsNumber(operands.right)) return WrongTypes(run, offset);
  return IsWhole(operands.left) && IsWhole(operands.right) ? WholeNumbers(run, offset, operands, ModuloNumbers, out)
                                                           : Decimals(run, offset, operands, ModuloNumbers, out);
}

bool Concatenate(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  Item a = Item::String("");
  Item b = Item::String("");
  bool there = false;
  if (!Single(run, offset, left, a, there)) return false;
  if (!there) a = Item::String("");
  if (!Single(run, offset, right, b, there)) return false;
  if (!there) b = Item::String("");
  if (a.kind() != ItemKind::kString || b.kind() != ItemKind::kString) return WrongTypes(run, offset);
  std::string text(a.text());
  text += b.text();
  std::string_view kept;
  if (!run.Keep(offset, text, kept)) return false;
  out.Add(Item::String(kept));
  return true;
}

bool Negate(Evaluator& run, std::size_t offset, const Collection& operand, Collection& out) {
  Item item;
  bool there = false;
  if (!Single(run, offset, operand, item, there)) return false;
  if (!there) return true;
  if (IsWhole(item)) {
    std::int64_t result = 0;
    return __builtin_sub_overflow(std::int64_t{0}, item.integer(), &result) || AddInteger(result, item.kind(), out);
  }
  if (item.kind() != ItemKind::kDecimal && !IsQuantity(item)) return WrongTypes(run, offset);
  std::string text(item.text());
  if (text.starts_with('-')) {
    text.erase(0, 1);
  } else {
    text.insert(0, 1, '-');
  }
  return IsQuantity(item) ? AddQuantity(run, offset, text, item, out) : AddNumber(run, offset, text, out);
}

}  // namespace throughline::path
