// FHIR resources -> the local record they came from, and what must be kept when a record is written again.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/error.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/engine/ledger.h"
#include "mappings/plan/map.h"

namespace throughline::engine {

struct SourceResource {
  std::string_view
      place;  // as ToFhir named it ("barrier" or "barrier[0]"); empty: found by its type, constants and codes
  json::Value body;
};

struct Unmapped {
  json::Value record;  // null when no resource belongs to the map
  std::string key;     // empty when a part of it is missing
  std::vector<LedgerRow> ledger;
  Issues issues;
};

// `resources`: those of one record. Those of one list that refer to each other are of the same item; items come back in
// the order in which another resource lists references to them, else in the order given. Resources and elements that
// the map does not know are left alone: they are the complement. Views live as long as `arena`, the map and the
// resources. Safe from several threads when each has its own arena.
Unmapped ToLocal(const plan::Map& map, std::span<const SourceResource> resources, json::Arena& arena);

// `produced`, with everything of `stored` that the map does not cover kept: other members, other items of arrays, other
// codings, meta. Equal to `stored` when nothing covered has changed. `name`: the resource's name or place in the map.
json::Value Merge(const plan::Map& map, std::string_view name, const json::Value& stored, const json::Value& produced,
                  json::Arena& arena);

}  // namespace throughline::engine
