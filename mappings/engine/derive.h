// Values that follow from others by FHIRPath, one way each. Private to the room.
#pragma once

#include <span>

#include "fhir/base/result.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "fhir/path/expression.h"
#include "mappings/engine/instance.h"
#include "mappings/engine/transforms.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

// A resource of the record that was read back.
struct ReadResource {
  Index resource = kNone;
  std::uint32_t item = 0;  // of the outermost list of its `each`
  json::Value body;
};

// The columns that are worked out from the resources, put into the record that was read back: each where the group
// around it is there, the source's word for `unknown` (or its usual nothing) where the expression gives nothing. A line
// of the ledger for each value.
void DeriveColumns(const Plan& plan, std::span<const ReadResource> resources, Instance* root, json::Arena& arena,
                   Findings& findings);

// The one value that an expression gives, as JSON; a primitive, or null for nothing. An error: it cannot be evaluated
// on this, or gives several values or one that is no plain value (rule "map-derived").
Result<json::Value> Ask(const path::Expression& expression, const path::Item& focus, path::Environment& environment,
                        const definitions::Definitions& definitions, json::Arena& arena);

}  // namespace throughline::engine
