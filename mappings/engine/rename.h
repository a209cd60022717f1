// Resources of a record under other places and ids. Private to the room.
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>

#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/engine/to_fhir.h"

namespace throughline::engine {

struct NewName {
  std::string_view place;  // empty: as it is
  std::string_view id;
};
using IdChanges = std::unordered_map<std::string_view, std::string_view>;

// `value` with every reference to an old id leading to the new one.
json::Value WithReferences(const json::Value& value, const IdChanges& changes, json::Arena& arena);
// A new name for each resource, in their order; references among them follow.
void Rename(std::span<MappedResource> resources, std::span<const NewName> names, json::Arena& arena);

// "barrier" and 3 of "barrier[3]"; false: the place has no plain number.
bool CutPlace(std::string_view place, std::string_view& name, std::uint32_t& item);

}  // namespace throughline::engine
