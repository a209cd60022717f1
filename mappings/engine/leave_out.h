// Items of lists that make no resource of their own because its `when` is not true of them. Private to the room.
#pragma once

#include <cstdint>
#include <set>
#include <utility>

#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/engine/findings.h"
#include "mappings/engine/instance.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

using ItemsLeftOut = std::set<std::pair<Index, std::uint32_t>>;  // resource, place of the item

// Of resources for some items, by a condition: the items that make none. What would stand in it is said in the ledger
// and carries nothing. A condition that cannot be worked out is an error (rule "map-expression").
ItemsLeftOut LeaveOutItems(const Plan& plan, const json::Value& record, Instance* root, json::Arena& arena,
                           Findings& findings);

}  // namespace throughline::engine
