// Constants and codes select on the way back: which resource, which slice. Private to the room.
#pragma once

#include <string_view>

#include "fhir/json/value.h"
#include "mappings/engine/plan.h"

namespace throughline::engine {

// How well `value` fits a content: the number of constants and codes that agree, or -1 when one contradicts. What
// stands in the template only together with a field is not asked for.
int Fit(const Plan& plan, const Content& content, const json::Value& value, const json::Value& sibling);
// For a whole resource: plain members ("status") count when they agree and do not contradict.
int FitResource(const Plan& plan, const ResourcePlan& resource, const json::Value& body);
// The resource of the map that `body` is, by `place` when it is given; kNone: none of them.
Index SelectResource(const Plan& plan, std::string_view place, const json::Value& body);
// The first of a slot's alternatives that `item` fits; kNone: none of them.
Index SelectSlice(const Plan& plan, const Slot& slot, const json::Value& item);

}  // namespace throughline::engine
