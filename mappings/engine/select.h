// Constants and codes select on the way back: which resource, which slice. Private to the room.
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/json/value.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

// The room works on the parts of a plan, and speaks of them without that room's name.
using namespace plan;

// How well `value` fits a content: the number of constants and codes that agree, or -1 when one contradicts. What
// stands in the template only together with a field is not asked for. A code that the table of its field does not know
// contradicts when the field is required, or when `strict` and the map keeps no unknown codes. `strict`, of slices: so
// does another code inside an optional object.
int Fit(const Plan& plan, const Content& content, const json::Value& value, const json::Value& sibling, bool strict);
// For a whole resource: plain members ("status") and what says a state count when they agree and do not contradict;
// `where` must hold.
int FitResource(const Plan& plan, const ResourcePlan& resource, const json::Value& body);
// The resource of the map that `body` is, by `place` when it is given; kNone: none of them.
Index SelectResource(const Plan& plan, std::string_view place, const json::Value& body);
// The resource of the map that a body which is none of them would be, were it not for its `where`; kNone: none.
Index LeftByWhere(const Plan& plan, std::string_view place, const json::Value& body);

// The record's own resources: which of the map's each is, by id. Elsewhere ids are of a type: Patient/1 and
// Encounter/1.
using OwnIds = std::unordered_multimap<std::string_view, Index>;

// How an item is asked for.
struct Sought {
  const OwnIds* own = nullptr;  // where the map has a reference to a resource of the record, one to another is not it
  bool speaks = false;          // something that the map reads, or a constant of its own, must stand there
  bool plain = false;           // where nothing else tells, an item that holds what the map never writes is not it
};
// Which of a slot's alternatives each item of an array is; kNone: none of them. An alternative that does not repeat has
// one item, the one that fits best. `siblings` of primitives; may be shorter than `items`.
std::vector<Index> SelectSlices(const Plan& plan, const Slot& slot, std::span<const json::Value> items,
                                std::span<const json::Value> siblings, const Sought& sought);

// Something that the way back reads stands in `value`, or a reference to one of the record's resources.
bool Speaks(const Plan& plan, const Content& content, const json::Value& value, const json::Value& sibling,
            const OwnIds* own);
// A plain constant in the object is another than the map's: the number of a quantity in another unit means something
// else. A constant that is missing contradicts nothing.
bool Contradicts(const Plan& plan, const Content& content, const json::Value& value);

// "Patient/1" of "Patient/1/_history/3". https://hl7.org/fhir/R4/references.html#literal
std::string_view WithoutVersion(std::string_view reference);
// The id at the end of "Patient/1", "Patient/1/_history/3", "urn:uuid:1" and absolute URLs.
std::string_view IdOf(std::string_view reference);

}  // namespace throughline::engine
