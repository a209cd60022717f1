// What stands for an item: of the fields in it, the one that the map names first. Private to the room.
#pragma once

#include "fhir/json/value.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

// Of the fields in the elements of a content that stand once, the value of the one that comes first in the map and is
// there; null: none is. `leaf` is set to its content.
json::Value FirstField(const plan::Plan& plan, const plan::Content& content, const json::Value& value,
                       const plan::Content*& leaf);

}  // namespace throughline::engine
