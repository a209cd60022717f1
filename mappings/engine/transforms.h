// How one local value becomes one FHIR value and back: a row a way. Private to the room.
#pragma once

#include <string_view>

#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/engine/instance.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

// One value on its way.
struct Conversion {
  Findings& findings;
  const Field& field;
  const Leaf& leaf;
  json::Arena& arena;
  const Scope* scope;            // places of the field's stars
  std::string_view target;       // path in the template
  bool later = false;            // of a local time that was shown twice, the second one
  json::Value* clock = nullptr;  // of a date with a time of day in another field: what stands there, or is to stand

  void Problem(std::string_view rule, std::string_view text) const;
  void Loss(LedgerKind kind, std::string_view reason) const;
};

struct FhirValue {
  json::Value value;      // null: nothing
  json::Value extension;  // one extension that goes with it; null: none
};

// False after a finding. `local` is not nothing; of a split field it is the part.
bool ToFhirValue(const Conversion& conversion, const json::Value& local, FhirValue& out);
// False when there is nothing to write, after a line of the ledger. `sibling` is the `_name` of a primitive.
bool ToLocalValue(const Conversion& conversion, const json::Value& value, const json::Value& sibling, json::Value& out);

// The value of the first extension with `url` in an object's `extension`; null when there is none.
json::Value ExtensionValue(const json::Value& object, std::string_view url);

}  // namespace throughline::engine
