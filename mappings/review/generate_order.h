// Made records stand in the orders that a map asks for, and in those that FHIR asks of what is made. Private to the
// room.
#pragma once

#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/plan/plan.h"
#include "mappings/review/generate.h"

namespace throughline::review {

struct OrderedRecord {
  json::Value record;
  bool holds = false;  // every order does
};

// `record` with values of each broken order changed: those of `checks: order:`, and of two fields that become the start
// and end (or low and high) of one element.
OrderedRecord Ordered(const Plan& plan, json::Value record, Dice& dice, json::Arena& arena);

}  // namespace throughline::review
