// What a record made when it came last: how its items keep their names, and what of the stored is its own to take back.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "fhir/base/id_source.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/engine/to_local.h"
#include "mappings/plan/map.h"

namespace throughline::engine {

struct Past {
  std::vector<MappedResource> made;  // under the places and ids that they are stored with; empty: not known
  bool told = false;                 // from the record's own text; else from what is read of the stored resources
};

// A resource of a record as the store remembers it.
struct StoredName {
  std::string_view place;  // "barrier[0]"
  std::string_view id;
};

// `mapped`, the record's text of then, under the names that its resources were stored with. Empty when these are not
// the same resources: another version of the map made them.
Past PastOf(Mapped mapped, std::span<const StoredName> stored, json::Arena& arena);

// What the record last said, as far as that can be read from `stored`: of those, the resources with an id of the record
// (`now`, or one that follows from its key). Empty when there are none, or when they make no record.
Past PastFrom(const plan::Map& map, const Mapped& now, std::span<const json::Value> stored, const IdSource& ids,
              json::Arena& arena, ReferenceStyle references);

// Resources that somebody gives as a record's, under the names that they have in the map; the name of one that is none
// of the map's is empty.
Mapped AsMapped(const plan::Map& map, std::span<const SourceResource> resources);

// Gives the items of lists that nothing names (no `item`) the places and ids that the same items had: what others hung
// on the second item stays with it when the first one goes. An item is the same when it says the same, else when its
// first field does, else, where as many came as went, by its order. References follow.
void KeepPlaces(const plan::Map& map, const Past& past, const IdSource& ids, Mapped& now, json::Arena& arena);

}  // namespace throughline::engine
