// Lists whose items stand in several members of the group around them (DX1, DX2, DX3). Private to the room.
#pragma once

#include "mappings/engine/instance.h"

namespace throughline::engine {

// The leaf's instance of the item that a member stands for; made where it is missing.
Instance& AcrossInstance(const Plan& plan, const AcrossMember& member, Instance& group, json::Arena& arena);
// The place behind the last item that says something, or nothing in an unusual way.
std::uint32_t AcrossEnd(const Plan& plan, const LocalNode& list, const Instance& instance);
// When all members of the group are laid: the list ends with the last item that says something, or nothing in an
// unusual way.
void EndAcross(const Plan& plan, const LocalNode& list, Instance& instance, json::Arena& arena);
// Writes the members of a list: what they hold, or how nothing is usually written there.
void FreezeAcross(const Plan& plan, const LocalNode& group, Index list, const Instance& instance, json::Arena& arena,
                  json::Member* members, std::size_t& count);

// The item `place` of such a list, as expressions see it: its members under the names that the map has for them.
json::Value AcrossItem(const Plan& plan, Index list, const json::Value& group, std::uint32_t place, json::Arena& arena);

}  // namespace throughline::engine
