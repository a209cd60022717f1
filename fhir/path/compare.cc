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

bool IsAnyQuantity(Evaluator& run, const Item& item) {
  if (item.kind() == ItemKind::kQuantity) return true;
  return item.is_node() && item.type() != definitions::kNoType &&
         run.definitions().Derives(item.type(), run.definitions().FindType("Quantity"));
}

// Quantities of FHIR data that are not UCUM's ("TAB" of a terminology): they have an order where the unit is the same.
Order CompareForeign(const json::Value& left, const json::Value& right) {
  const json::Value a = left.Get("value");
  const json::Value b = right.Get("value");
  const auto same = [&](std::string_view name) { return left.Get(name).text() == right.Get(name).text(); };
  const bool bounds = left.Find("comparator") != nullptr || right.Find("comparator") != nullptr;
  if (!a.is_number() || !b.is_number() || bounds || !same("system") || !same("code") ||
      left.Get("code").text().empty()) {
    return Order::kUnknown;
  }
  return ToOrder(CompareNumbers(a.text(), b.text()));
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
  Order order = CompareItems(a, b);
  if (order == Order::kIncomparable && IsAnyQuantity(run, a) && IsAnyQuantity(run, b)) {
    order = CompareForeign(a.value(), b.value());
  }
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
