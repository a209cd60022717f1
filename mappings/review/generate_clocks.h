// Made records in which a date and its time of day, in two fields, go together. Private to the room.
#pragma once

#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/plan/plan.h"
#include "mappings/review/generate.h"

namespace throughline::review {

// A time of day that the zone's clocks show on that day, and that FHIR can write.
bool IsShown(const Plan& plan, const TimeParts& parts);
// `record` without times of day whose dates say nothing or no day.
json::Value WithDatesOfClocks(const Plan& plan, json::Value record, json::Arena& arena);
// Every time of day in two fields is one that the clocks show.
bool ShowsClocks(const Plan& plan, const json::Value& record, json::Arena& arena);

}  // namespace throughline::review
