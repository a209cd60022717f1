// Lists that a record writes without the list where there is one item: {"visit": {...}}. Private to the room.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

// The record with lists in the place of single items. `lines`: "single /visit" for each, what is around first; they
// travel with the other forms of the record (departures.h).
json::Value WithLists(const plan::Plan& plan, const json::Value& record, std::vector<std::string>& lines,
                      json::Arena& arena);
// The way back: the lists that `lines` name, where they have one item, are that item. Other lines are read past.
json::Value WithSingles(const json::Value& record, std::span<const std::string> lines, json::Arena& arena);
// The lines of a main resource.
std::vector<std::string> SingleLines(const json::Value& body);

}  // namespace throughline::engine
