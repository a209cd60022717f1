// Mapped records as Bundles, a line each, and back (contracts.md, `map run`).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/json/value.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/engine/to_local.h"
#include "mappings/plan/map.h"

namespace throughline::engine {

// Appends a transaction Bundle with its line end. Map the record with ReferenceStyle::kUrn and UUIDs as ids. `gone`:
// resources that the record made before and makes no longer; they become deletions.
void WriteRecordBundle(const plan::Map& map, const Mapped& mapped, std::span<const MappedResource> gone,
                       std::string& out);
// Appends the collection Bundle that holds the envelope of a file, with its line end; nothing when `envelope` is empty.
void WriteEnvelopeBundle(const plan::Map& map, std::string_view envelope, std::string& out);

// What a line of such a file, a Bundle file, or one resource is.
struct BundleContent {
  std::optional<std::string> envelope;    // what WriteEnvelopeBundle wrote
  std::string envelope_map;               // the map that it is of
  std::vector<SourceResource> resources;  // views into `value` and the arena
  std::vector<std::string> gone;          // "Type/id" of what it deletes
  bool one_record = false;                // they are one record: it was written by WriteRecordBundle
  std::string record_map;                 // for this map
  Issues issues;                          // entries that are none (rule "map-bundle"); `location` is a JSON pointer
};
// A resource whose entry has a `fullUrl` of the form urn:uuid:... is given that as its id: the others refer to it so.
// Those that refer to it by the id that it had itself, are made to. http://hl7.org/fhir/R4/bundle.html#references.
// kInvalid: neither a Bundle nor a resource.
Result<BundleContent> ReadBundle(const json::Value& value, json::Arena& arena);

// A heap of resources (a folder, a searchset) cut into records: resources that refer to each other belong together, and
// shared ones (the Patient) to every record that refers to them, itself or by another shared one. Order is kept.
std::vector<std::vector<SourceResource>> SplitRecords(const plan::Map& map, std::span<const json::Value> resources);

}  // namespace throughline::engine
