// sort(), and what a list of values comes to. https://build.fhir.org/ig/HL7/FHIRPath/#fn-sort
#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "fhir/path/functions.h"
#include "fhir/path/number.h"
#include "fhir/path/operators.h"
#include "fhir/path/quantity.h"

namespace throughline::path {
namespace {

struct Key {
  Item value;
  bool there = false;
};

// `-key` is read as "from the greatest", so that it also turns texts and dates round.
struct Criterion {
  NodeId node = kNoNode;
  bool descending = false;
};

Criterion CriterionOf(const Program& program, NodeId node) {
  Criterion criterion{node, false};
  while (const Sign* sign = std::get_if<Sign>(&program.nodes[criterion.node].part)) {
    criterion.descending = criterion.descending != sign->minus;
    criterion.node = sign->operand;
  }
  return criterion;
}

bool ReadKeys(Invocation& call, const std::vector<Criterion>& criteria, std::vector<Key>& keys) {
  for (const Item& item : call.input()) {
    if (criteria.empty() && !call.run().System(item, keys.emplace_back().value)) continue;
    if (criteria.empty()) keys.back().there = true;
    for (const Criterion& criterion : criteria) {
      Collection value(call.run().pool());
      Key& key = keys.emplace_back();
      if (!call.NodeFor(criterion.node, item, -1, value)) return false;
      if (!Single(call.run(), call.offset(), value, key.value, key.there)) return false;
    }
  }
  return true;
}

// Orders two keys; an empty one comes first.
Order CompareKeys(const Key& left, const Key& right) {
  if (!left.there || !right.there) {
    if (left.there == right.there) return Order::kEqual;
    return left.there ? Order::kGreater : Order::kLess;
  }
  return CompareItems(left.value, right.value);
}

// The sum of all items so far, kept as one item.
bool Sum(Invocation& call, Collection& total) {
  for (const Item& node : call.input()) {
    Item item;
    if (!call.run().System(node, item)) {
      total.Clear();
      return true;
    }
    if ((KindBit(item.kind()) & (kNumberKinds | KindBit(ItemKind::kQuantity))) == 0) {
      return call.Fail("numbers or quantities are expected");
    }
    Collection next(call.run().pool());
    if (total.empty()) {
      next.Add(item);
    } else if (!Plus(call.run(), call.offset(), total, Collection(item), next)) {
      return false;
    }
    if (next.empty()) {
      total.Clear();
      return true;
    }
    total = std::move(next);
  }
  return true;
}

bool Extreme(Invocation& call, Order wanted, Collection& out) {
  Key best;
  for (const Item& node : call.input()) {
    Key key;
    if (!call.run().System(node, key.value)) return true;
    key.there = true;
    const Order order = best.there ? CompareItems(key.value, best.value) : wanted;
    if (order == Order::kIncomparable) return call.Fail("values of these types do not compare");
    if (order == Order::kUnknown) return true;
    if (order == wanted) best = key;
  }
  if (best.there) out.Add(best.value);
  return true;
}

}  // namespace

bool Sort(Invocation& call, Collection& out) {
  std::vector<Criterion> criteria;
  for (std::size_t i = 0; i < call.argument_count(); ++i) {
    criteria.push_back(CriterionOf(call.run().program(), call.argument(i)));
  }
  std::vector<Key> keys;
  if (!ReadKeys(call, criteria, keys)) return false;
  const std::size_t width = std::max<std::size_t>(criteria.size(), 1);
  std::vector<std::size_t> places(call.input().size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  if (!call.run().Charge(places.size() * width * 4)) return false;
  bool comparable = true;
  std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    for (std::size_t i = 0; i < width; ++i) {
      const Order order = CompareKeys(keys[a * width + i], keys[b * width + i]);
      comparable = comparable && order != Order::kIncomparable;
      const bool descending = !criteria.empty() && criteria[i].descending;
      if (order == Order::kLess) return !descending;
      if (order == Order::kGreater) return descending;
    }
    return false;
  });
  if (!comparable) return call.Fail("values of these types do not compare");
  for (const std::size_t place : places) out.Add(call.input()[place]);
  return true;
}

bool Min(Invocation& call, Collection& out) { return Extreme(call, Order::kLess, out); }
bool Max(Invocation& call, Collection& out) { return Extreme(call, Order::kGreater, out); }

bool Total(Invocation& call, Collection& out) {
  Collection total(call.run().pool());
  if (!Sum(call, total)) return false;
  out.Append(total);
  return true;
}

bool Average(Invocation& call, Collection& out) {
  Collection total(call.run().pool());
  if (!Sum(call, total)) return false;
  if (total.empty()) return true;
  const auto count = static_cast<std::int64_t>(call.input().size());
  return Divide(call.run(), call.offset(), total, Collection(Item::Integer(count)), out);
}

}  // namespace throughline::path
