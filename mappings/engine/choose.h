// Fields that go to one of several places, by conditions over the record. Private to the room.
#pragma once

#include "fhir/base/result.h"
#include "fhir/json/value.h"
#include "mappings/engine/instance.h"
#include "mappings/engine/transforms.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

// The place in `choice` of the case that takes a value; kNone: no condition holds. `focus`: the item of the innermost
// list around the field, or the record. An error (rule "map-expression"): a condition before it cannot be worked out.
Result<Index> CaseFor(const Plan& plan, const FieldChoice& choice, const json::Value& focus, const json::Value& record);
// Settles for every value of the record which case takes it; what none takes, and what is dropped, is said in the
// ledger and carries nothing; one of which that cannot be told is an error (rule "map-expression").
void Choose(const Plan& plan, const json::Value& record, Instance* root, json::Arena& arena, Findings& findings);
// Something below `instance`, which is that of `node`, goes to `field`.
bool Feeds(const Plan& plan, Index node, const Instance& instance, const Field& field);

}  // namespace throughline::engine
