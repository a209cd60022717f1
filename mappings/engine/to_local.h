// FHIR resources -> the local record they came from.
#pragma once

#include <cstdint>
#include <optional>
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

inline constexpr std::uint32_t kNoItem = 0xFFFFFFFF;

struct Unmapped {
  json::Value record;                // null when no resource belongs to the map
  std::vector<std::uint32_t> items;  // of each resource given: the item of its list that it is about; kNoItem: none
  std::string key;                   // empty when a part of it is missing
  std::vector<LedgerRow> ledger;
  Issues issues;
};

// `resources`: those of one record. Those of one list that refer to each other are of the same item; items come back in
// the order in which another resource lists references to them, else in the order given. Resources and elements that
// the map does not know are left alone: they are the complement. Views live as long as `arena`, the map and the
// resources. Safe from several threads when each has its own arena.
Unmapped ToLocal(const plan::Map& map, std::span<const SourceResource> resources, json::Arena& arena);

// Why what was read back is no record: none of the resources is the map's ("map-bundle"), or its key is missing
// ("map-key"). Nothing: it is one.
std::optional<Issue> WhyNoRecord(const plan::Map& map, const Unmapped& local);

}  // namespace throughline::engine
