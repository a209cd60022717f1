#include "mappings/review/record_paths.h"

#include <vector>

#include "fhir/json/build.h"
#include "mappings/plan/plan.h"

namespace throughline::review {
namespace {

std::optional<json::Value> Changed(const json::Value& at, Parts left, Parts right, const ChangePair& change,
                                   json::Arena& arena);

std::optional<json::Value> ChangedItems(const json::Value& list, Parts left, Parts right, const ChangePair& change,
                                        json::Arena& arena) {
  if (!list.is_array()) return std::nullopt;
  std::vector<json::Value> items(list.items().begin(), list.items().end());
  bool changed = false;
  for (json::Value& item : items) {
    const auto made = Changed(item, left, right, change, arena);
    if (!made) continue;
    item = *made;
    changed = true;
  }
  if (!changed) return std::nullopt;
  json::ArrayBuilder built(arena);
  for (const json::Value& item : items) built.Add(item);
  return built.Build();
}

std::optional<json::Value> Changed(const json::Value& at, Parts left, Parts right, const ChangePair& change,
                                   json::Arena& arena) {
  const bool together = left.size() > 1 && right.size() > 1 && left.front() == right.front();
  if (!together) return change(at, left, right);
  if (left.front() == "*") return ChangedItems(at, left.subspan(1), right.subspan(1), change, arena);
  const json::Value* below = plan::MemberOf(at, left.front());
  if (below == nullptr) return std::nullopt;
  const auto made = Changed(*below, left.subspan(1), right.subspan(1), change, arena);
  return made ? std::optional(plan::WithMember(at, left.front(), *made, arena)) : std::nullopt;
}

}  // namespace

std::vector<std::vector<std::string_view>> FieldPlaces(const plan::Plan& plan, plan::Index field) {
  const plan::LocalNode& leaf = plan.nodes[plan.fields[field].node];
  if (leaf.across.empty()) return {plan::CutPath(leaf.path)};
  const plan::Index item = leaf.name == "*" ? plan.fields[field].node : leaf.parent;
  std::vector<std::string_view> group = plan::CutPath(plan.nodes[plan.nodes[item].parent].path);
  std::vector<std::vector<std::string_view>> places;
  for (const std::string& name : leaf.across) {
    group.back() = name;
    places.push_back(group);
  }
  return places;
}

const json::Value* ValueAt(const json::Value& at, Parts parts) {
  const json::Value* value = &at;
  for (const std::string_view part : parts) {
    value = plan::MemberOf(*value, part);
    if (value == nullptr) return nullptr;
  }
  return value;
}

json::Value PutAt(const json::Value& at, Parts parts, const json::Value& value, json::Arena& arena) {
  if (parts.empty()) return value;
  const json::Value* below = plan::MemberOf(at, parts.front());
  const json::Value made = PutAt(below == nullptr ? json::Value() : *below, parts.subspan(1), value, arena);
  return plan::WithMember(at, parts.front(), made, arena);
}

json::Value TakeAt(const json::Value& at, Parts parts, json::Arena& arena) {
  const json::Value* below = plan::MemberOf(at, parts.front());
  if (below == nullptr) return at;
  if (parts.size() > 1) return plan::WithMember(at, parts.front(), TakeAt(*below, parts.subspan(1), arena), arena);
  // An item of a list keeps its place.
  return at.is_array() ? plan::WithMember(at, parts.front(), {}, arena) : json::Without(at, parts.front(), arena);
}

json::Value WherePathsPart(const json::Value& record, Parts left, Parts right, const ChangePair& change,
                           json::Arena& arena) {
  return Changed(record, left, right, change, arena).value_or(record);
}

}  // namespace throughline::review
