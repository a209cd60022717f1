// From a node to its children.
#pragma once

#include <string_view>

#include "fhir/path/item.h"

namespace throughline::path {

// Appends the children called `name`: a choice by its bare name ("value" finds valueQuantity), a primitive with its
// `_name`, every item of an array. In plain JSON (type kNoType): the member of that name.
void AddChildren(const definitions::Definitions& definitions, const Item& parent, std::string_view name,
                 Collection& out);

// Appends every child, in the order they are written.
void AddAllChildren(const definitions::Definitions& definitions, const Item& parent, Collection& out);

// The JSON value as an item of type `type`; resources get the type that `resourceType` names.
Item TypedNode(const definitions::Definitions& definitions, TypeId type, const json::Value& value,
               const json::Value& sibling);

}  // namespace throughline::path
