#include "fhir/path/navigate.h"

#include <algorithm>

#include "fhir/path/expression.h"

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

Pair FindPair(const json::Value& object, std::string_view name) {
  Pair pair;
  for (const json::Member& member : object.members()) {
    if (member.name == name) {
      pair.value = member.value;
      pair.found = true;
    } else if (!member.name.empty() && member.name.front() == '_' && member.name.substr(1) == name) {
      pair.sibling = member.value;
      pair.found = true;
    }
  }
  return pair;
}

void AddPair(const Definitions& definitions, TypeId type, const Pair& pair, Collection& out) {
  if (!pair.value.is_array() && !pair.sibling.is_array()) {
    out.Add(TypedNode(definitions, type, pair.value, pair.sibling));
    return;
  }
  const auto values = pair.value.items();
  const auto siblings = pair.sibling.items();
  for (std::size_t i = 0; i < std::max(values.size(), siblings.size()); ++i) {
    const json::Value value = i < values.size() ? values[i] : json::Value();
    const json::Value sibling = i < siblings.size() ? siblings[i] : json::Value();
    out.Add(TypedNode(definitions, type, value, sibling));
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

void AddOfType(const Definitions& definitions, const Item& parent, std::string_view name, Collection& out) {
  definitions::Element element;
  if (definitions.FindChild(parent.type(), name, element) && element.choice.empty()) {
    const Pair pair = FindPair(parent.value(), name);
    if (pair.found) AddPair(definitions, element.type, pair, out);
    return;
  }
  const Definitions::Range rows = definitions.FindChoice(parent.type(), name);
  for (std::size_t i = 0; i < rows.count; ++i) {
    element = definitions.child(parent.type(), rows.first + i);
    const Pair pair = FindPair(parent.value(), element.name);
    if (pair.found) AddPair(definitions, element.type, pair, out);
  }
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
  AddPair(definitions, element.type, {*value, {}, true}, out);
}

void AddOfQuantity(const Item& quantity, std::string_view name, Collection& out) {
  if (name == "value") out.Add(Item::Decimal(quantity.text()));
  if (name == "unit") out.Add(Item::String(quantity.unit()));
}

void AddType(const Item& type, std::string_view name, Collection& out) {
  if (name == "name") out.Add(Item::String(type.text()));
  if (name == "namespace") out.Add(Item::String(type.unit()));
}

bool HasMember(const json::Value& object, std::string_view name) { return object.Find(name) != nullptr; }

void AddMember(const Definitions& definitions, const Item& parent, const json::Member& member, Collection& out) {
  const bool sibling_only = !member.name.empty() && member.name.front() == '_';
  const std::string_view name = sibling_only ? member.name.substr(1) : member.name;
  if (sibling_only && HasMember(parent.value(), name)) return;
  if (parent.type() == kNoType) {
    if (!sibling_only) AddPlain(definitions, member.value, {}, out);
    return;
  }
  definitions::Element element;
  if (!definitions.FindChild(parent.type(), name, element)) return;
  AddPair(definitions, element.type, FindPair(parent.value(), name), out);
}

}  // namespace

Item TypedNode(const Definitions& definitions, TypeId type, const json::Value& value, const json::Value& sibling) {
  if (value.is_object() && type != kNoType && definitions.IsResource(type)) {
    const TypeId named = definitions.FindType(value.Get("resourceType").text());
    if (named != kNoType && definitions.Derives(named, type)) type = named;
  }
  return Item::Node(type, value, sibling);
}

void AddChildren(const Definitions& definitions, const Item& parent, std::string_view name, Collection& out) {
  if (parent.kind() == ItemKind::kType) {
    AddType(parent, name, out);
  } else if (parent.kind() == ItemKind::kQuantity) {
    AddOfQuantity(parent, name, out);
  } else if (!parent.is_node()) {
    return;
  } else if (parent.value().is_array()) {
    for (const json::Value& item : parent.value().items()) {
      AddChildren(definitions, TypedNode(definitions, parent.type(), item, {}), name, out);
    }
  } else if (!parent.value().is_object()) {
    AddOfPrimitive(definitions, parent, name, out);
  } else if (parent.type() == kNoType) {
    const Pair pair = FindPair(parent.value(), name);
    if (pair.found) AddPlain(definitions, pair.value, pair.sibling, out);
  } else {
    AddOfType(definitions, parent, name, out);
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
