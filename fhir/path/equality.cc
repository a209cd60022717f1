// `=` and `~`. https://hl7.org/fhirpath/N1/#equality
#include <algorithm>

#include "fhir/path/letters.h"
#include "fhir/path/moment.h"
#include "fhir/path/number.h"
#include "fhir/path/operators.h"
#include "fhir/path/quantity.h"

namespace throughline::path {
namespace {

bool SameTree(Evaluator& run, const json::Value& left, const json::Value& right);

// The same members in any order; most often it is the same one.
bool SameMembers(Evaluator& run, const json::Value& left, const json::Value& right) {
  for (std::size_t i = 0; i < left.size(); ++i) {
    const json::Member& member = left.members()[i];
    const json::Member& beside = right.members()[i];
    const json::Value* other = &beside.value;
    if (beside.name != member.name) {
      if (!run.Charge(right.size() / 16)) return false;
      other = right.Find(member.name);
    }
    if (other == nullptr || !SameTree(run, member.value, *other)) return false;
  }
  return true;
}

// Complex values: the same members with the same values; numbers by value.
bool SameTree(Evaluator& run, const json::Value& left, const json::Value& right) {
  if (left.kind() != right.kind() || left.size() != right.size()) return false;
  switch (left.kind()) {
    case json::Kind::kNumber:
      return CompareNumbers(left.text(), right.text()) == 0;
    case json::Kind::kArray:
      if (!run.Charge(left.size() / 4)) return false;
      for (std::size_t i = 0; i < left.size(); ++i) {
        if (!SameTree(run, left.items()[i], right.items()[i])) return false;
      }
      return true;
    case json::Kind::kObject:
      return run.Charge((left.size() + 3) / 4) && SameMembers(run, left, right);
    default:
      return json::Equal(left, right);
  }
}

std::optional<bool> Known(Order order) {
  if (order == Order::kUnknown) return std::nullopt;
  return order == Order::kEqual;
}

// Decimals by the precision of the less precise one.
bool NumbersEquivalent(const Item& left, const Item& right) {
  const NumberText a(left);
  const NumberText b(right);
  const std::size_t places = std::min(SignificantPlaces(a.view()), SignificantPlaces(b.view()));
  const auto rounded_a = RoundNumber(a.view(), places, Rounding::kHalfAwayFromZero);
  const auto rounded_b = RoundNumber(b.view(), places, Rounding::kHalfAwayFromZero);
  return rounded_a && rounded_b && CompareNumbers(*rounded_a, *rounded_b) == 0;
}

bool TextsEquivalent(Evaluator& run, std::string_view left, std::string_view right) {
  return run.Charge(std::min(left.size(), right.size()) / 16) && EquivalentText(left, right);
}

bool ObjectsEquivalent(Evaluator& run, const json::Value& left, const json::Value& right);

bool TreesEquivalent(Evaluator& run, const json::Value& left, const json::Value& right) {
  if (left.is_object() && right.is_object()) return ObjectsEquivalent(run, left, right);
  if (left.is_array() && right.is_array()) {
    if (left.size() != right.size()) return false;
    return std::ranges::all_of(left.items(), [&](const json::Value& item) {
      return std::ranges::any_of(right.items(),
                                 [&](const json::Value& other) { return TreesEquivalent(run, item, other); });
    });
  }
  if (left.is_string() && right.is_string()) return TextsEquivalent(run, left.text(), right.text());
  if (left.is_number() && right.is_number()) {
    return run.Charge(1) && NumbersEquivalent(Item::Decimal(left.text()), Item::Decimal(right.text()));
  }
  return run.Charge(1) && SameTree(run, left, right);
}

bool ObjectsEquivalent(Evaluator& run, const json::Value& left, const json::Value& right) {
  if (!run.Charge(1 + left.size()) || left.size() != right.size()) return false;
  return std::ranges::all_of(left.members(), [&](const json::Member& member) {
    const json::Value* other = right.Find(member.name);
    return other != nullptr && TreesEquivalent(run, member.value, *other);
  });
}

bool Tell(std::optional<bool> equal, bool negate, Collection& out) {
  if (equal) out.Add(Item::Boolean(*equal != negate));
  return true;
}

}  // namespace

std::optional<bool> ItemsEqual(Evaluator& run, const Item& left, const Item& right) {
  Item a;
  Item b;
  const bool value_a = run.System(left, a);
  const bool value_b = run.System(right, b);
  if (!value_a || !value_b) return value_a == value_b && SameTree(run, left.sibling(), right.sibling());
  if (a.is_node() && b.is_node()) return SameTree(run, a.value(), b.value()) && SameTree(run, a.sibling(), b.sibling());
  if (IsNumber(a) && IsNumber(b)) return CompareItems(a, b) == Order::kEqual;
  if (IsMoment(a) && IsMoment(b)) return Known(CompareMoments(a, b));
  const bool quantities = (a.kind() == ItemKind::kQuantity && (b.kind() == ItemKind::kQuantity || IsNumber(b))) ||
                          (b.kind() == ItemKind::kQuantity && IsNumber(a));
  if (quantities) return Known(CompareQuantities(a, b));
  if (a.kind() != b.kind()) return false;
  if (a.kind() == ItemKind::kBoolean) return a.boolean() == b.boolean();
  return a.text() == b.text() && a.unit() == b.unit();
}

std::optional<bool> CollectionsEqual(Evaluator& run, const Collection& left, const Collection& right) {
  if (left.empty() || right.empty()) return std::nullopt;
  if (left.size() != right.size()) return false;
  bool unknown = false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const std::optional<bool> equal = ItemsEqual(run, left[i], right[i]);
    if (equal && !*equal) return false;
    unknown = unknown || !equal;
  }
  if (unknown) return std::nullopt;
  return true;
}

bool ItemsEquivalent(Evaluator& run, const Item& left, const Item& right) {
  Item a;
  Item b;
  const bool value_a = run.System(left, a);
  const bool value_b = run.System(right, b);
  if (!value_a || !value_b) return value_a == value_b && SameTree(run, left.sibling(), right.sibling());
  if (a.is_node() && b.is_node()) return TreesEquivalent(run, a.value(), b.value());
  if (IsNumber(a) && IsNumber(b)) return NumbersEquivalent(a, b);
  if (IsMoment(a) && IsMoment(b)) {
    return SamePrecision(a, b) && CompareMoments(a, b) == Order::kEqual;
  }
  const bool quantities = (a.kind() == ItemKind::kQuantity && (b.kind() == ItemKind::kQuantity || IsNumber(b))) ||
                          (b.kind() == ItemKind::kQuantity && IsNumber(a));
  if (quantities) return QuantitiesEquivalent(a, b);
  if (a.kind() == ItemKind::kString && b.kind() == ItemKind::kString) {
    return TextsEquivalent(run, a.text(), b.text());
  }
  return ItemsEqual(run, a, b).value_or(false);
}

bool CollectionsEquivalent(Evaluator& run, const Collection& left, const Collection& right) {
  if (left.size() != right.size()) return false;
  std::vector<bool> taken(right.size());
  for (const Item& item : left) {
    std::size_t i = 0;
    while (i < right.size() && (taken[i] || !ItemsEquivalent(run, item, right[i]))) ++i;
    if (!run.Charge(i) || i == right.size()) return false;
    taken[i] = true;
  }
  return true;
}

bool Equal(Evaluator& run, std::size_t, const Collection& left, const Collection& right, Collection& out) {
  return Tell(CollectionsEqual(run, left, right), false, out);
}

bool NotEqual(Evaluator& run, std::size_t, const Collection& left, const Collection& right, Collection& out) {
  return Tell(CollectionsEqual(run, left, right), true, out);
}

bool Equivalent(Evaluator& run, std::size_t, const Collection& left, const Collection& right, Collection& out) {
  return Tell(CollectionsEquivalent(run, left, right), false, out);
}

bool NotEquivalent(Evaluator& run, std::size_t, const Collection& left, const Collection& right, Collection& out) {
  return Tell(CollectionsEquivalent(run, left, right), true, out);
}

}  // namespace throughline::path
