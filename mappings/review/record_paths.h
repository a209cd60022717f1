// Places in a made record where two fields stand side by side. Private to the room.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/plan/plan.h"

namespace throughline::review {

using Parts = std::span<const std::string_view>;

// The places of a field in a record; of one that stands across members, each of them, in the order of the items.
std::vector<std::vector<std::string_view>> FieldPlaces(const plan::Plan& plan, plan::Index field);
// What stands at `parts` below `at`; null where a list stands between, or nothing.
const json::Value* ValueAt(const json::Value& at, Parts parts);
// `at` with `value` there; the groups around it must be there.
json::Value PutAt(const json::Value& at, Parts parts, const json::Value& value, json::Arena& arena);
// `at` without the member there.
json::Value TakeAt(const json::Value& at, Parts parts, json::Arena& arena);

// `at` is the group where two paths part; `left` and `right` is what is left of them. Nothing: it stays as it is.
using ChangePair = std::function<std::optional<json::Value>(const json::Value& at, Parts left, Parts right)>;
// `record` with `change` made in each group where both paths part: they go together as far as they are the same, and a
// star is each item of a list. What does not change is not made again.
json::Value WherePathsPart(const json::Value& record, Parts left, Parts right, const ChangePair& change,
                           json::Arena& arena);

}  // namespace throughline::review
