// How a record writes its nothing where it does so in another form than the map declares. Private to the room.
//
// Each departure travels as one extension on the record's main resource: "null /carer", "omitted /dx/0/text". It names
// a place and a form, never a value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/engine/instance.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

// "form pointer" lines, in the order of the record.
std::vector<std::string> FindDepartures(const Plan& plan, const Instance& root);
// `body` with one extension a line.
json::Value WithDepartures(const json::Value& body, const std::vector<std::string>& lines, json::Arena& arena);
// Lays the departures of `body` over a record that was read back. Lines that fit no place are passed over.
void ApplyDepartures(const Plan& plan, const json::Value& body, Instance& root, json::Arena& arena);

}  // namespace throughline::engine
