#include "mappings/engine/across.h"

#include <algorithm>

#include "fhir/json/build.h"

namespace throughline::engine {
namespace {

// A cell, or a member, that is not as usual where nothing is said.
bool IsUnusual(const Plan& plan, const LocalNode& leaf, const Instance& at) {
  if (at.carries || at.spelt) return true;
  const bool csv = plan.format.syntax == formats::Syntax::kCsv;
  switch (at.presence) {
    case Presence::kOmitted:
      return !csv && leaf.usual != Form::kOmitted;
    case Presence::kNull:
      return leaf.usual != Form::kNull;
    case Presence::kEmpty:
      return leaf.usual != Form::kEmpty;
    case Presence::kWord:
      return leaf.usual != Form::kWord;
    case Presence::kValue:
      break;
  }
  return SaysWhyNoTime(plan, leaf, at);  // else it is dropped
}

void MakeItems(const LocalNode& list, Instance& instance, json::Arena& arena) {
  if (instance.children != nullptr) return;
  instance.children = arena.Array<Instance>(list.spread);
  std::fill_n(instance.children, list.spread, Instance{});
  instance.count = instance.capacity = list.spread;
}

}  // namespace

Instance& AcrossInstance(const Plan& plan, const AcrossMember& member, Instance& group, json::Arena& arena) {
  const LocalNode& list = plan.nodes[member.list];
  Instance& items = group.children[list.position];
  MakeItems(list, items, arena);
  Instance& item = items.children[member.item];
  const LocalNode& shape = plan.nodes[list.children.front()];
  if (shape.kind == LocalKind::kLeaf) return item;
  if (item.children == nullptr) item = *NewInstance(plan, list.children.front(), arena);
  item.presence = Presence::kValue;
  return item.children[plan.nodes[member.leaf].position];
}

std::uint32_t AcrossEnd(const Plan& plan, const LocalNode& list, const Instance& instance) {
  const LocalNode& shape = plan.nodes[list.children.front()];
  const Instance nothing;
  std::uint32_t end = 0;
  for (std::uint32_t i = 0; i < instance.count; ++i) {
    const Instance& item = instance.children[i];
    bool unusual = shape.kind == LocalKind::kLeaf && IsUnusual(plan, shape, item);
    for (const Index leaf : shape.children) {
      if (i >= plan.nodes[leaf].across.size()) continue;
      const Instance& at = item.children == nullptr ? nothing : item.children[plan.nodes[leaf].position];
      unusual = unusual || IsUnusual(plan, plan.nodes[leaf], at);
    }
    if (unusual) end = i + 1;
  }
  return end;
}

void EndAcross(const Plan& plan, const LocalNode& list, Instance& instance, json::Arena& arena) {
  MakeItems(list, instance, arena);
  for (std::uint32_t i = 0; i < instance.count; ++i) {
    Instance& item = instance.children[i];
    for (std::uint32_t leaf = 0; leaf < item.count; ++leaf) {
      item.carries = item.carries || item.children[leaf].carries;
    }
    instance.carries = instance.carries || item.carries;
  }
  instance.count = AcrossEnd(plan, list, instance);
  instance.presence = instance.count > 0 ? Presence::kValue : Presence::kOmitted;
}

void FreezeAcross(const Plan& plan, const LocalNode& group, Index list, const Instance& instance, json::Arena& arena,
                  json::Member* members, std::size_t& count) {
  const Instance nothing;
  for (const AcrossMember& member : group.across_members) {
    if (member.list != list) continue;
    const Instance& item = member.item < instance.count ? instance.children[member.item] : nothing;
    const LocalNode& leaf = plan.nodes[member.leaf];
    const bool single = leaf.name == "*";
    if (item.forced && item.presence == Presence::kOmitted) continue;
    const Instance& at = single ? item : item.children == nullptr ? nothing : item.children[leaf.position];
    FreezeMember(plan, member.leaf, member.name, at, arena, members, count);
  }
}

json::Value AcrossItem(const Plan& plan, Index list, const json::Value& group, std::uint32_t place,
                       json::Arena& arena) {
  const LocalNode& item = plan.nodes[plan.nodes[list].children.front()];
  const auto member = [&](const LocalNode& leaf) {
    return place < leaf.across.size() && group.is_object() ? group.Find(leaf.across[place]) : nullptr;
  };
  if (item.kind == LocalKind::kLeaf) {
    const json::Value* value = member(item);
    return value == nullptr ? json::Value() : *value;
  }
  json::ObjectBuilder object(arena);
  for (const Index leaf : item.children) {
    if (const json::Value* value = member(plan.nodes[leaf])) object.Add(plan.nodes[leaf].name, *value);
  }
  return object.Build();
}

}  // namespace throughline::engine
