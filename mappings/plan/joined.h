// A list that a record writes as one text: "a;b;c". For mappings/ only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/plan/plan.h"

namespace throughline::plan {

// The items of `text` as a list of texts; nothing: an escape stands before something that needs none.
std::optional<json::Value> CutItems(const LocalNode& list, std::string_view text, json::Arena& arena);
// The text of items; each is one that CanHold says.
json::Value JoinItems(const LocalNode& list, const json::Value& items, json::Arena& arena);
// The list's text can hold such an item and give it back.
bool CanHold(const LocalNode& list, std::string_view item);

}  // namespace throughline::plan
