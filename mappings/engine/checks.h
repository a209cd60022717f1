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
// out, and "map-date" for every time of day whose date says nothing. What has no value breaks no order.
void CheckRecord(const Plan& plan, const json::Value& record, Instance* root, Issues& issues);
// The expressions among the checks hold for this record.
bool KeepsChecks(const Plan& plan, const json::Value& record);
// What stands on one side of an order.
struct OrderedValue {
  json::Value value;
  json::Value clock;  // of a date: its time of day, where that stands in another field; null: none
};
// The values of an order; false: it does not hold.
bool HoldsOrder(const Plan& plan, const RecordCheck& check, const OrderedValue& left, const OrderedValue& right);

}  // namespace throughline::engine
