// + - * / div mod & and unary minus. https://hl7.org/fhirpath/N1/#math
#include <string>

#include "fhir/path/moment.h"
#include "fhir/path/number.h"
#include "fhir/path/operators.h"
#include "fhir/path/quantity.h"

namespace throughline::path {
namespace {

using NumberOperation = std::optional<std::string> (*)(std::string_view, std::string_view);

bool IsNumber(const Item& item) { return item.kind() == ItemKind::kInteger || item.kind() == ItemKind::kDecimal; }
bool IsQuantity(const Item& item) { return item.kind() == ItemKind::kQuantity; }

bool IsMomentItem(const Item& item) {
  return item.kind() == ItemKind::kDate || item.kind() == ItemKind::kDateTime || item.kind() == ItemKind::kTime;
}

// Two single values; `there` is false when one is missing.
struct Operands {
  Item left;
  Item right;
  bool there = false;
};

bool Read(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Operands& out) {
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
  out.Add(Item::Quantity(kept, UnitOf(like), like.calendar()));
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
  bool fits = false;
  const Item& moment = operands.left;
  const std::optional<std::string> moved = MoveMoment(moment, operands.right.text(), operands.right.unit(), back, fits);
  if (!fits) return run.Fail(offset, "this unit cannot be added to a date or time");
  std::string_view kept;
  if (!moved) return true;
  if (!run.Keep(offset, *moved, kept)) return false;
  out.Add(moment.kind() == ItemKind::kDate   ? Item::Date(kept)
          : moment.kind() == ItemKind::kTime ? Item::Time(kept)
                                             : Item::DateTime(kept));
  return true;
}

bool SumOfQuantities(Evaluator& run, std::size_t offset, const Operands& operands, NumberOperation operation,
                     Collection& out) {
  const std::optional<std::string> right = InUnit(operands.right, operands.left);
  if (!right) return true;
  const std::optional<std::string> sum = operation(operands.left.text(), *right);
  return !sum || AddQuantity(run, offset, *sum, operands.left, out);
}

bool Sum(Evaluator& run, std::size_t offset, const Operands& operands, bool back, Collection& out) {
  const NumberOperation operation = back ? SubtractNumbers : AddNumbers;
  if (operands.left.kind() == ItemKind::kInteger && operands.right.kind() == ItemKind::kInteger) {
    std::int64_t result = 0;
    const bool overflow = back ? __builtin_sub_overflow(operands.left.integer(), operands.right.integer(), &result)
                               : __builtin_add_overflow(operands.left.integer(), operands.right.integer(), &result);
    if (!overflow) out.Add(Item::Integer(result));
    return true;
  }
  if (IsNumber(operands.left) && IsNumber(operands.right)) return Decimals(run, offset, operands, operation, out);
  if (IsMomentItem(operands.left) && IsQuantity(operands.right)) {
    return MovedMoment(run, offset, operands, back, out);
  }
  if (IsQuantity(operands.left) && IsQuantity(operands.right)) {
    return SumOfQuantities(run, offset, operands, operation, out);
  }
  return WrongTypes(run, offset);
}

// A quantity and a number, or quantities of which one has the unit "1".
bool ScaledQuantity(Evaluator& run, std::size_t offset, const Operands& operands, NumberOperation operation,
                    bool divide, Collection& out) {
  const NumberText left(operands.left);
  const NumberText right(operands.right);
  const bool same = divide && UnitOf(operands.left) == UnitOf(operands.right);
  if (!same && UnitOf(operands.right) != "1" && (divide || UnitOf(operands.left) != "1")) return true;
  const std::optional<std::string> result = operation(left.view(), right.view());
  if (!result) return true;
  if (same) return AddQuantity(run, offset, *result, Item::Integer(1), out);
  return AddQuantity(run, offset, *result, UnitOf(operands.left) == "1" ? operands.right : operands.left, out);
}

bool WholeNumbers(Evaluator& run, std::size_t offset, const Operands& operands, NumberOperation operation,
                  Collection& out) {
  const NumberText left(operands.left);
  const NumberText right(operands.right);
  const std::optional<std::string> result = operation(left.view(), right.view());
  if (!result) return true;
  const std::optional<std::int64_t> whole = ScaledInteger(*result, 1);
  if (whole) out.Add(Item::Integer(*whole));
  return whole || AddNumber(run, offset, *result, out);
}

}  // namespace

bool Plus(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  Operands operands;
  if (!Read(run, offset, left, right, operands)) return false;
  if (!operands.there) return true;
  if (operands.left.kind() == ItemKind::kString && operands.right.kind() == ItemKind::kString) {
    return Concatenate(run, offset, left, right, out);
  }
  return Sum(run, offset, operands, false, out);
}

bool Minus(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  Operands operands;
  if (!Read(run, offset, left, right, operands)) return false;
  return !operands.there || Sum(run, offset, operands, true, out);
}

bool Times(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  Operands operands;
  if (!Read(run, offset, left, right, operands)) return false;
  if (!operands.there) return true;
  if (operands.left.kind() == ItemKind::kInteger && operands.right.kind() == ItemKind::kInteger) {
    std::int64_t product = 0;
    if (!__builtin_mul_overflow(operands.left.integer(), operands.right.integer(), &product)) {
      out.Add(Item::Integer(product));
    }
    return true;
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
  if (!Read(run, offset, left, right, operands)) return false;
  if (!operands.there) return true;
  if (IsNumber(operands.left) && IsNumber(operands.right)) {
    return Decimals(run, offset, operands, DivideNumbers, out);
  }
  if (!IsQuantity(operands.left) || !(IsNumber(operands.right) || IsQuantity(operands.right))) {
    return WrongTypes(run, offset);
  }
  return ScaledQuantity(run, offset, operands, DivideNumbers, true, out);
}

bool WholeDivide(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  Operands operands;
  if (!Read(run, offset, left, right, operands)) return false;
  if (!operands.there) return true;
  if (!IsNumber(operands.left) || !IsNumber(operands.right)) return WrongTypes(run, offset);
  return WholeNumbers(run, offset, operands, WholeDivideNumbers, out);
}

bool Modulo(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  Operands operands;
  if (!Read(run, offset, left, right, operands)) return false;
  if (!operands.there) return true;
  if (!IsNumber(operands.left) || !IsNumber(operands.right)) return WrongTypes(run, offset);
  const bool whole = operands.left.kind() == ItemKind::kInteger && operands.right.kind() == ItemKind::kInteger;
  return whole ? WholeNumbers(run, offset, operands, ModuloNumbers, out)
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
  if (item.kind() == ItemKind::kInteger) {
    std::int64_t result = 0;
    if (!__builtin_sub_overflow(std::int64_t{0}, item.integer(), &result)) out.Add(Item::Integer(result));
    return true;
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
