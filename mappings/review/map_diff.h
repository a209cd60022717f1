// What a new version of a map changes: in the map, and in records.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/id_source.h"
#include "fhir/base/result.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/language/load_map.h"
#include "mappings/plan/map.h"

namespace throughline::review {

enum class Change : std::uint8_t { kAdded, kRemoved, kChanged };
std::string_view CodeOf(Change change);  // "added", "removed", "changed"

// One thing that the maps say differently.
struct MapChange {
  Change change = Change::kChanged;
  std::string section;  // "fields", "resources", "codes", "local", ..., or "grades"
  std::string entry;    // "born", "patient", "sex"; empty in sections without entries
  std::string word;     // "fhir", "identifier[mrn].system", a local code; empty: the whole entry
  std::string before;   // what stood there; empty when added
  std::string after;
};

// Both maps as they are after `extends`, short forms spelled out; tables by their rows. In the order of the newer map,
// what is gone behind it. The head, `tests` and comments are no changes: nothing is mapped differently by them.
// Errors: a map's file cannot be read again.
Result<std::vector<MapChange>> DiffMaps(const plan::Map& older, const plan::Map& newer,
                                        const language::FileReader& read, const language::MapFinder& find = {});

// One place at which a record becomes something else. Never a value.
struct RecordChange {
  Change change = Change::kChanged;
  std::string resource;  // its name in the maps, with its item: "barrier[0]"; empty: the record itself
  std::string path;      // "Observation.valueQuantity.value", "Patient" for a whole resource; of the record a pointer
  std::string what;      // of the record: "refused", "accepted", "ledger dropped", ...; empty for resources
};

// `older_record` through the older map against `newer_record` through the newer one: the same record, as each reads it.
// Resources are held against each other by their names in the maps. Ids are made without the map's name, so that it
// does not matter. Safe from several threads when each has its own arena.
std::vector<RecordChange> DiffRecord(const plan::Map& older, const plan::Map& newer, const json::Value& older_record,
                                     const json::Value& newer_record, const IdSource& ids, json::Arena& arena);

}  // namespace throughline::review
