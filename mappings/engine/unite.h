// `distinct`: items of a list that make the same resource share one. Private to the room.
#pragma once

#include "fhir/json/arena.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

// Of the resources of a `distinct` kind that are the same but for their ids, the first stays; what refers to the others
// refers to it.
void UniteSame(const plan::Plan& plan, Mapped& mapped, json::Arena& arena);

}  // namespace throughline::engine
