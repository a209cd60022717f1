// Made values in other spellings than the map's: with blanks around them, in another case of letters. Private to the
// room.
#pragma once

#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/plan/plan.h"
#include "mappings/review/generate.h"

namespace throughline::review {

// `value` or, where the leaf's map reads it all the same, another spelling of it.
json::Value Spoilt(const Plan& plan, const LocalNode& leaf, const json::Value& value, Dice& dice, json::Arena& arena);
// What the map reads there.
json::Value ReadAs(const Plan& plan, const Field& field, const json::Value& value, json::Arena& arena);

}  // namespace throughline::review
