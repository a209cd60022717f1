// A record that comes again, written onto what is stored of it: what the map does not cover is kept, what the record
// says no longer goes. docs/mapping.md#the-way-back
#pragma once

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/engine/ledger.h"
#include "mappings/engine/past.h"
#include "mappings/engine/select.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/plan/map.h"

namespace throughline::engine {

// Immutable; what it is made of must outlive it. Safe from several threads when each has its own arena and ledger.
class Onto {
 public:
  Onto(const plan::Map& map, const Mapped& now, const Past& past);

  // The body of `now.resources[at]` with everything of `stored` that the map does not cover: other members, other items
  // of lists, other codings, meta. Equal to `stored` when nothing covered has changed. What was derived from the record
  // and would be the same again is the others' to change. What others wrote and must go with a value is said in
  // `ledger`.
  json::Value Merge(std::size_t at, const json::Value& stored, json::Arena& arena,
                    std::vector<LedgerRow>& ledger) const;
  // Resources of its own alone that the record made before and makes no longer: places in the past's list.
  std::vector<std::size_t> Vanished() const;

 private:
  const plan::Map& map_;
  const Mapped& now_;
  const Past& past_;
  OwnIds own_;
  std::unordered_map<std::string_view, std::size_t> before_;  // places in the past's list, by id
};

}  // namespace throughline::engine
