// From a node to its children.
#pragma once

#include <span>
#include <string_view>

#include "fhir/path/ast.h"
#include "fhir/path/item.h"

namespace throughline::path {

// Appends the children called `name`: a choice by its bare name ("value" finds valueQuantity), a primitive with its
// `_name`, every item of an array. In plain JSON (type kNoType): the member of that name. `steps` say what the name
// means on some types; others are looked up.
void AddChildren(const definitions::Definitions& definitions, const Item& parent, std::string_view name,
                 Collection& out, std::span<const Step> steps = {});

// Appends every child, in the order they are written.
void AddAllChildren(const definitions::Definitions& definitions, const Item& parent, Collection& out);

// The step of an element that is no choice.
Step StepOf(const definitions::Definitions& definitions, const definitions::Element& element);

// The JSON value as an item of type `type`; resources get the type that `resourceType` names.
Item TypedNode(const definitions::Definitions& definitions, TypeId type, const json::Value& value,
               const json::Value& sibling);

}  // namespace throughline::path
