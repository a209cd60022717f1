#include "fhir/path/navigate.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "fhir/path/expression.h"
#include "fhir/path/parser.h"

namespace throughline::path {
namespace {

using definitions::Definitions;
using definitions::kNoType;

// The members of an object that make one element: `name` and `_name`.
struct Pair {
  json::Value value;
  json::Value sibling;
  bool found = false;
};

bool Same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size()) == 0);
}

Pair FindPair(const json::Value& object, std::string_view name) {
  Pair pair;
  for (const json::Member& member : object.members()) {
    if (Same(member.name, name)) {
      pair.value = member.value;
      pair.found = true;
    } else if (member.name.size() == name.size() + 1 && member.name.front() == '_' &&
               Same(member.name.substr(1), name)) {
      pair.sibling = member.value;
      pair.found = true;
    }
  }
  return pair;
}

// Elements that are no primitives have no `_name`.
Pair FindValue(const json::Value& object, std::string_view name) {
  for (const json::Member& member : object.members()) {
    if (Same(member.name, name)) return {member.value, {}, true};
  }
  return {};
}

Item NodeOf(const Definitions& definitions, const Step& step, const json::Value& value, const json::Value& sibling) {
  return step.resource ? TypedNode(definitions, step.type, value, sibling)
                       : Item::Node(step.type, value, sibling, step.system);
}

void AddPair(const Definitions& definitions, const Step& step, const Pair& pair, Collection& out) {
  if (!pair.value.is_array() && !pair.sibling.is_array()) {
    out.Add(NodeOf(definitions, step, pair.value, pair.sibling));
    return;
  }
  const auto values = pair.value.items();
  const auto siblings = pair.sibling.items();
  for (std::size_t i = 0; i < std::max(values.size(), siblings.size()); ++i) {
    const json::Value value = i < values.size() ? values[i] : json::Value();
    const json::Value sibling = i < siblings.size() ? siblings[i] : json::Value();
    out.Add(NodeOf(definitions, step, value, sibling));
  }
}

// Plain JSON: values become System values unless they have an id or extensions; arrays are flattened, and an array of
// the `_name` goes with one of values.
void AddPlain(const Definitions& definitions, const json::Value& value, const json::Value& sibling, Collection& out) {
  if (value.is_array() || sibling.is_array()) {
    const auto values = value.items();
    const auto siblings = sibling.items();
    for (std::size_t i = 0; i < std::max(values.size(), siblings.size()); ++i) {
      AddPlain(definitions, i < values.size() ? values[i] : json::Value(),
               i < siblings.size() ? siblings[i] : json::Value(), out);
    }
    return;
  }
  if (value.is_null() && sibling.is_null()) return;
  const Item node = Item::Node(kNoType, value, sibling);
  Item system;
  out.Add(sibling.is_null() && ToSystem(definitions, node, system) ? system : node);
}

void AddStep(const Definitions& definitions, const Item& parent, std::string_view name, const Step& step,
             Collection& out) {
  const Pair pair = step.primitive ? FindPair(parent.value(), name) : FindValue(parent.value(), name);
  if (pair.found) AddPair(definitions, step, pair, out);
}

// The one member whose name goes on from `name` as a choice of the type does.
void AddChoice(const Definitions& definitions, const Item& parent, std::string_view name, Collection& out) {
  for (const json::Member& member : parent.value().members()) {
    const bool sibling = member.name.starts_with('_');
    const std::string_view whole = sibling ? member.name.substr(1) : member.name;
    definitions::Element element;
    if (whole.size() <= name.size() || !whole.starts_with(name) ||
        !definitions.FindChild(parent.type(), whole, element) || !Same(element.choice, name)) {
      continue;
    }
    if (sibling && parent.value().Find(whole) != nullptr) continue;
    AddStep(definitions, parent, whole, StepOf(definitions, element), out);
  }
}

void AddOfType(const Definitions& definitions, const Item& parent, std::string_view name, std::span<const Step> steps,
               Collection& out) {
  for (const Step& step : steps) {
    if (step.owner == parent.type()) return AddStep(definitions, parent, name, step, out);
  }
  definitions::Element element;
  if (definitions.FindChild(parent.type(), name, element) && element.choice.empty()) {
    return AddStep(definitions, parent, name, StepOf(definitions, element), out);
  }
  AddChoice(definitions, parent, name, out);
}

// The `id` and the extensions of a primitive stand in its sibling; `value` is the value itself.
void AddOfPrimitive(const Definitions& definitions, const Item& parent, std::string_view name, Collection& out) {
  if (name == "value" && parent.type() != kNoType) {
    Item system;
    if (ToSystem(definitions, parent, system)) out.Add(system);
    return;
  }
  if (!parent.sibling().is_object()) return;
  definitions::Element element;
  const json::Value* value = parent.sibling().Find(name);
  if (value != nullptr && parent.type() == kNoType) return AddPlain(definitions, *value, {}, out);
  if (value == nullptr || !definitions.FindChild(parent.type(), name, element)) return;
  AddPair(definitions, StepOf(definitions, element), {*value, {}, true}, out);
}

void AddOfQuantity(const Item& quantity, std::string_view name, Collection& out) {
  if (name == "value") out.Add(Item::Decimal(quantity.text()));
  if (name == "unit") out.Add(Item::String(quantity.unit()));
}

void AddType(const Item& type, std::string_view name, Collection& out) {
  if (name == "name") out.Add(Item::String(type.text()));
  if (name == "namespace") out.Add(Item::String(type.unit()));
}

void AddMember(const Definitions& definitions, const Item& parent, const json::Member& member, Collection& out) {
  const bool sibling_only = !member.name.empty() && member.name.front() == '_';
  const std::string_view name = sibling_only ? member.name.substr(1) : member.name;
  if (sibling_only && parent.value().Find(name) != nullptr) return;
  if (parent.type() == kNoType) {
    if (!sibling_only) AddPlain(definitions, member.value, {}, out);
    return;
  }
  definitions::Element element;
  if (!definitions.FindChild(parent.type(), name, element)) return;
  const Step step = StepOf(definitions, element);
  AddPair(definitions, step, step.primitive ? FindPair(parent.value(), name) : Pair{member.value, {}, true}, out);
}

void AddOfArray(const Definitions& definitions, const Item& parent, std::string_view name, Collection& out) {
  for (const json::Value& item : parent.value().items()) {
    AddChildren(definitions, TypedNode(definitions, parent.type(), item, {}), name, out);
  }
}

}  // namespace

Step StepOf(const Definitions& definitions, const definitions::Element& element) {
  Step step{element.owner, element.type};
  if (element.type == kNoType) return step;
  const definitions::Type type = definitions.type(element.type);
  step.primitive = type.kind == definitions::TypeKind::kPrimitive;
  step.resource = type.kind == definitions::TypeKind::kResource;
  const Kinds kinds = step.primitive ? SystemKindOf(type.name) : Kinds{0};
  if (std::has_single_bit(kinds)) step.system = static_cast<ItemKind>(std::countr_zero(kinds));
  return step;
}

Item TypedNode(const Definitions& definitions, TypeId type, const json::Value& value, const json::Value& sibling) {
  if (value.is_object() && type != kNoType && definitions.IsResource(type)) {
    const TypeId named = definitions.FindType(value.Get("resourceType").text());
    if (named != kNoType && definitions.Derives(named, type)) type = named;
  }
  return Item::Node(type, value, sibling);
}

void AddChildren(const Definitions& definitions, const Item& parent, std::string_view name, Collection& out,
                 std::span<const Step> steps) {
  if (parent.is_node() && parent.value().is_object()) {
    if (parent.type() != kNoType) return AddOfType(definitions, parent, name, steps, out);
    const Pair pair = FindPair(parent.value(), name);
    if (pair.found) AddPlain(definitions, pair.value, pair.sibling, out);
  } else if (parent.kind() == ItemKind::kType) {
    AddType(parent, name, out);
  } else if (parent.kind() == ItemKind::kQuantity) {
    AddOfQuantity(parent, name, out);
  } else if (parent.is_node()) {
    parent.value().is_array() ? AddOfArray(definitions, parent, name, out)
                              : AddOfPrimitive(definitions, parent, name, out);
  }
}

void AddAllChildren(const Definitions& definitions, const Item& parent, Collection& out) {
  if (!parent.is_node()) return;
  if (parent.value().is_object()) {
    for (const json::Member& member : parent.value().members()) AddMember(definitions, parent, member, out);
    return;
  }
  for (const json::Member& member : parent.sibling().members()) {
    AddOfPrimitive(definitions, parent, member.name, out);
  }
}

}  // namespace throughline::path
