// `<` and its kin.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "fhir/path/moment.h"
#include "fhir/path/number.h"
#include "fhir/path/operators.h"
#include "fhir/path/quantity.h"

namespace throughline::path {
namespace {

Order CompareAsNumbers(const Item& left, const Item& right) {
  if (IsWhole(left) && IsWhole(right)) {
    return ToOrder((left.integer() > right.integer()) - (left.integer() < right.integer()));
  }
  NumberText a(left);
  NumberText b(right);
  return ToOrder(CompareNumbers(a.view(), b.view()));
}

using Wanted = bool (*)(Order order);

bool Compare(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Wanted wanted,
             Collection& out) {
  Item a;
  Item b;
  bool have_a = false;
  bool have_b = false;
  if (!Single(run, offset, left, a, have_a) || !Single(run, offset, right, b, have_b)) return false;
  if (!have_a || !have_b) return true;
  const Order order = CompareItems(a, b);
  if (order == Order::kIncomparable) return run.Fail(offset, "values of these types do not compare");
  if (order != Order::kUnknown) out.Add(Item::Boolean(wanted(order)));
  return true;
}

}  // namespace

Order CompareItems(const Item& left, const Item& right) {
  if (IsNumber(left) && IsNumber(right)) return CompareAsNumbers(left, right);
  if (left.kind() == ItemKind::kString && right.kind() == ItemKind::kString) {
    return ToOrder(left.text().compare(right.text()));
  }
  if (IsMoment(left) && IsMoment(right)) return CompareMoments(left, right);
  const bool quantities = (left.kind() == ItemKind::kQuantity || IsNumber(left)) &&
                          (right.kind() == ItemKind::kQuantity || IsNumber(right));
  return quantities ? CompareQuantities(left, right) : Order::kIncomparable;
}

bool Less(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  return Compare(
      run, offset, left, right, [](Order order) { return order == Order::kLess; }, out);
}

bool LessOrEqual(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  return Compare(
      run, offset, left, right, [](Order order) { return order != Order::kGreater; }, out);
}

bool Greater(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right, Collection& out) {
  return Compare(
      run, offset, left, right, [](Order order) { return order == Order::kGreater; }, out);
}

bool GreaterOrEqual(Evaluator& run, std::size_t offset, const Collection& left, const Collection& right,
                    Collection& out) {
  return Compare(
      run, offset, left, right, [](Order order) { return order != Order::kLess; }, out);
}

}  // namespace throughline::path
