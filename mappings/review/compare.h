// Where two values differ first. Private to the room.
#pragma once

#include <span>
#include <string>

#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/engine/ledger.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/plan/plan.h"

namespace throughline::review {

// The room works on the parts of a plan, and speaks of them without that room's name.
using namespace plan;

// A JSON pointer to the first difference by value (member order ignored, absent is not null); "=" when there is none.
std::string FirstDifference(const json::Value& a, const json::Value& b);

// What must come back of a record: what `ledger` lists as dropped, withheld or not known stands there in the form in
// which the source writes nothing.
json::Value WithoutLost(const Plan& plan, const json::Value& record, std::span<const engine::LedgerRow> ledger,
                        json::Arena& arena);

// `record` with the derived columns of `back`: they are worked out anew on every way back.
json::Value WithDerivedOf(const Plan& plan, const json::Value& record, const json::Value& back, json::Arena& arena);

// A CSV record that came back, as the file of `record` holds it: without the columns that the file does not have.
json::Value WithColumnsOf(const json::Value& record, const json::Value& back, json::Arena& arena);

// "visit", or "visit[2]", the third of them: what names it in the map may be a value of the record.
std::string Which(const engine::Mapped& mapped, std::size_t at);

// `value` with something of a partner's in every object: an extension, and a translation beside every coding.
json::Value Decorated(const json::Value& value, json::Arena& arena);

}  // namespace throughline::review
