#include <vector>

#include "fhir/json/build.h"
#include "mappings/engine/across.h"
#include "mappings/engine/instance.h"
#include "mappings/plan/joined.h"

namespace throughline::engine {
namespace {

bool IsRows(const Plan& plan, const LocalNode& node) { return plan.rows != kNone && &node == &plan.nodes[plan.rows]; }

// What nothing would be in a place.
json::Value EmptyOf(const LocalNode& node) {
  if (node.places) return node.joined.empty() ? json::Value::Array({}) : json::Value::String("");
  if (node.kind == LocalKind::kObject) return json::Value::Object({});
  return node.kind == LocalKind::kArray && node.joined.empty() ? json::Value::Array({}) : json::Value::String("");
}

bool NotUsual(const LocalNode& node, const Instance& instance) { return instance.forced && node.parent != kNone; }

Form FormOf(const LocalNode& node, const Instance& instance) {
  if (!NotUsual(node, instance)) return node.usual;
  switch (instance.presence) {
    case Presence::kNull:
      return Form::kNull;
    case Presence::kWord:
      return Form::kWord;
    case Presence::kEmpty:
    case Presence::kValue:
      return Form::kEmpty;
    case Presence::kOmitted:
      break;
  }
  return Form::kOmitted;
}

bool HasContent(const Instance& instance) {
  return instance.carries || (instance.forced && instance.presence == Presence::kValue);
}

// A list up to the last item that is written; between them nothing is null, in a text an empty item.
json::Value FreezePlaces(const Plan& plan, const LocalNode& node, const Instance& instance, json::Arena& arena) {
  const Instance nothing;
  std::vector<json::Value> items;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const LocalNode& below = plan.nodes[node.children[i]];
    const Instance& at = instance.children == nullptr ? nothing : instance.children[i];
    const Form form = FormOf(below, at);
    if (!HasContent(at) && form == Form::kOmitted) continue;
    items.resize(PlaceFrom(below.name).value_or(0), node.joined.empty() ? json::Value() : json::Value::String(""));
    items.push_back(HasContent(at)        ? Freeze(plan, node.children[i], at, arena)
                    : form == below.usual ? NothingOf(plan, below)
                    : form == Form::kNull ? json::Value()
                                          : EmptyOf(below));
  }
  json::ArrayBuilder list(arena);
  for (const json::Value& item : items) list.Add(item);
  return node.joined.empty() ? list.Build() : JoinItems(node, list.Build(), arena);
}

}  // namespace

json::Value NothingOf(const Plan& plan, const LocalNode& node) {
  if (node.usual == Form::kNull) return {};
  if (node.usual == Form::kWord) return json::Value::String(node.word);
  if (IsRows(plan, node)) return plan.empty_rows;
  return EmptyOf(node);
}

void Settle(const Plan& plan, Index index, Instance& instance, json::Arena& arena) {
  const LocalNode& node = plan.nodes[index];
  if (node.kind == LocalKind::kLeaf && instance.count > 0) {
    std::string text;
    for (std::uint32_t i = 0; i < instance.count && !instance.children[i].value.is_null(); ++i) {
      if (i > 0) text.append(node.separator);
      text.append(instance.children[i].value.text());
    }
    if (!text.empty()) {
      instance.value = json::Value::String(arena.Copy(text));
      instance.presence = Presence::kValue;
    }
  }
  if (node.kind == LocalKind::kLeaf) {
    instance.carries = instance.presence == Presence::kValue;
    return;
  }
  const bool list = node.kind == LocalKind::kArray;
  for (std::uint32_t i = 0; i < instance.count; ++i) {
    Settle(plan, node.children[list ? 0 : i], instance.children[i], arena);
    instance.carries = instance.carries || list || instance.children[i].carries;
  }
  if (instance.carries) instance.presence = Presence::kValue;
}

void FreezeMember(const Plan& plan, Index node, std::string_view name, const Instance& instance, json::Arena& arena,
                  json::Member* members, std::size_t& count) {
  const LocalNode& shape = plan.nodes[node];
  if (HasContent(instance)) {
    members[count++] = {name, Freeze(plan, node, instance, arena)};
  } else if (const Form form = FormOf(shape, instance); form != Form::kOmitted) {
    const bool usual = form == shape.usual;
    members[count++] = {name, usual ? NothingOf(plan, shape) : form == Form::kNull ? json::Value() : EmptyOf(shape)};
  }
}

json::Value Freeze(const Plan& plan, Index index, const Instance& instance, json::Arena& arena) {
  const LocalNode& node = plan.nodes[index];
  if (node.kind == LocalKind::kLeaf) return instance.value;
  if (node.kind == LocalKind::kArray) {
    json::Value* items = arena.Array<json::Value>(instance.count);
    for (std::uint32_t i = 0; i < instance.count; ++i) {
      const Instance& item = instance.children[i];
      const Index below = node.children.front();
      const bool nothing = !HasContent(item) && !IsRows(plan, node);  // a row has its cells
      items[i] = !nothing                                          ? Freeze(plan, below, item, arena)
                 : item.forced && item.presence == Presence::kNull ? json::Value()
                                                                   : EmptyOf(plan.nodes[below]);
    }
    const json::Value list = json::Value::Array({items, instance.count});
    return node.joined.empty() ? list : JoinItems(node, list, arena);
  }
  if (node.places) return FreezePlaces(plan, node, instance, arena);
  const Instance nothing;
  json::Member* members = arena.Array<json::Member>(node.children.size() + node.across_members.size());
  std::size_t count = 0;
  for (const Index child : node.children) {
    const LocalNode& below = plan.nodes[child];
    const Instance& at = instance.children == nullptr ? nothing : instance.children[below.position];
    const bool two = below.twin != kNone && instance.children != nullptr;
    if (two && IsOther(below, at, instance.children[plan.nodes[below.twin].position])) continue;
    if (below.spread > 0) {
      FreezeAcross(plan, node, child, at, arena, members, count);
    } else {
      FreezeMember(plan, child, below.name, at, arena, members, count);
    }
  }
  return json::Value::Object({members, count});
}

}  // namespace throughline::engine
