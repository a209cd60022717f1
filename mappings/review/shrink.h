// Records that say less, and the smallest that still fails a law. Private to the room.
#pragma once

#include <cstddef>
#include <functional>

#include "fhir/json/arena.h"
#include "fhir/json/value.h"

namespace throughline::review {

// The ways to leave one member or item of a record out, or to make one text shorter; and one of them.
std::size_t EditsOf(const json::Value& record);
json::Value Edited(const json::Value& record, std::size_t edit, json::Arena& arena);

// How much is tried: records, and members and items in all of them together.
struct ShrinkBudget {
  std::size_t records = 3000;
  std::size_t parts = 1'000'000;
  std::size_t parts_each = 0;  // what a try costs besides the parts of its record
};

// `record` without members, items and letters that it needs not for `fails` to hold of it, in `arena`. What stands side
// by side is left out in halves of halves (delta debugging), what is around first; when the budget is spent, what was
// found until then. Memory is that of two records.
json::Value Shrunk(const json::Value& record, const std::function<bool(const json::Value&)>& fails, ShrinkBudget budget,
                   json::Arena& arena);

}  // namespace throughline::review
