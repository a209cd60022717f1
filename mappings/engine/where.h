// `where`: what a resource must be like for the map to read it. Private to the room.
#pragma once

#include "fhir/base/result.h"
#include "fhir/json/value.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

// The condition is true of `resource`; also where there is none (kNone). An error: it cannot be worked out.
Result<bool> Asks(const plan::Plan& plan, plan::Index where, const json::Value& resource);
// The same; what cannot be worked out is not true.
bool Meets(const plan::Plan& plan, plan::Index where, const json::Value& resource);

}  // namespace throughline::engine
