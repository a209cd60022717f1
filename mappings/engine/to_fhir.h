// A local record -> FHIR resources.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/error.h"
#include "fhir/base/id_source.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/engine/ledger.h"
#include "mappings/plan/map.h"

namespace throughline::engine {

enum class Verdict : std::uint8_t {
  kMapped,
  kQuarantine,  // `issues` hold the errors; `resources` is empty
};

struct MappedResource {
  std::string_view name;   // in the map: "barrier"
  std::string_view place;  // with its item: "barrier[0]"; the name itself where there is one a record
  std::string_view type;   // "Observation"
  std::string_view id;     // from the IdSource
  bool shared = false;     // keyed by less than the record's key: other records make it too
  std::string_view match;  // query that finds it elsewhere: "identifier=urn%3Ax%7C1", or "_id=..."
  json::Value body;        // with resourceType and id
};

struct Mapped {
  Verdict verdict = Verdict::kMapped;
  std::string key;  // the record's key; empty when a part of it is missing (then the verdict is kQuarantine)
  std::vector<MappedResource> resources;  // what is referred to stands before what refers to it
  bool withheld = false;                  // the map keeps only some fields of such a record
  std::vector<LedgerRow> ledger;
  Issues
      issues;  // errors and warnings; `location` is a JSON pointer into the record, `expression` the target in the map
};

enum class ReferenceStyle : std::uint8_t {
  kRelative,  // "Patient/<id>"
  kUrn,       // "urn:uuid:<id>", for transaction Bundles
};

// Views live as long as `arena` (and the map). Safe from several threads when each has its own arena.
// A record that is not as the map says gives kQuarantine with every finding; nothing is thrown, no value is echoed.
Mapped ToFhir(const plan::Map& map, const json::Value& record, const IdSource& ids, json::Arena& arena,
              ReferenceStyle references = ReferenceStyle::kRelative);

// The key of a record; kInvalid when a part is missing. The same text that ToFhir gives.
Result<std::string> KeyOf(const plan::Map& map, const json::Value& record);
// The key made of its parts in the order of the map's `local.key`: {"SA-004417","A25-0118"}.
std::string JoinKey(std::span<const std::string_view> parts);

}  // namespace throughline::engine
