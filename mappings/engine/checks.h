// What a map asks of a record as a whole: `withhold` and `checks`. Private to the room.
#pragma once

#include "fhir/base/error.h"
#include "fhir/base/result.h"
#include "fhir/json/value.h"
#include "mappings/engine/instance.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

// The map keeps only some fields of this record. An error: its condition cannot be worked out.
Result<bool> IsWithheld(const Plan& plan, const json::Value& record);
// Adds an error (rule "map-check") for every check that does not hold, "map-expression" for one that cannot be worked
// out. What has no value breaks no order.
void CheckRecord(const Plan& plan, const json::Value& record, Instance* root, Issues& issues);
// The expressions among the checks hold for this record.
bool KeepsChecks(const Plan& plan, const json::Value& record);
// The values of an order; false: it does not hold.
bool HoldsOrder(const Plan& plan, const RecordCheck& check, const json::Value& left, const json::Value& right);

}  // namespace throughline::engine
