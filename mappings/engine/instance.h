// One record laid over the schema of its map: what stands at each place, reached without looking for names again.
// Private to the room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/engine/findings.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

// The room works on the parts of a plan, and speaks of them without that room's name.
using namespace plan;

// Findings of one record at most; more say nothing new.
inline constexpr std::size_t kMaxIssues = 1000;

enum class Presence : std::uint8_t { kOmitted, kNull, kEmpty, kWord, kValue };

// The content of one schema node in one record. Lives in an arena.
struct Instance {
  json::Value value;             // leaves: what was written, or what will be
  Instance* children = nullptr;  // objects: one for each child of the node; arrays: the items
  std::uint32_t count = 0;       // arrays: items
  std::uint32_t capacity = 0;
  Presence presence = Presence::kOmitted;
  bool carries = false;    // a mapped value stands here or below
  std::uint8_t taken = 0;  // of a leaf with conditions: the place of the field that takes its value
  bool lost = false;       // of a leaf: a value stood here and goes nowhere
  bool later = false;      // a local time that was shown twice is the second one: the first is out of order
  bool spelt = false;      // of a leaf: its text says nothing, in another spelling than the map's
  bool forced = false;     // the way back: the source wrote its nothing in `presence`, not in the usual form
};

// Items of the arrays around a place, outermost first, with their places.
struct Scope {
  Instance* items[kMaxStars] = {};
  std::uint32_t places[kMaxStars] = {};
  std::uint8_t depth = 0;
};

// Of a member that is a list or a group, the node that is of the value's kind.
inline Index NodeFor(const Plan& plan, Index node, const json::Value& value) {
  const LocalNode& at = plan.nodes[node];
  if (at.twin == kNone) return node;
  const LocalKind kind = value.is_array() ? LocalKind::kArray : value.is_object() ? LocalKind::kObject : at.kind;
  return at.kind != kind && plan.nodes[at.twin].kind == kind ? at.twin : node;
}
// Something was, or will be, written there; of the two nodes of a list or group, the other one is left out then.
inline bool IsOther(const LocalNode& node, const Instance& here, const Instance& twin) {
  const bool other = twin.carries || twin.forced || twin.presence != Presence::kOmitted;
  const bool own = here.carries || here.forced || here.presence != Presence::kOmitted;
  return node.twin != kNone && (node.second ? !own || other : other && !own);
}

// Of the fields of a leaf, the one whose value stands there.
inline const Field& FieldOf(const Plan& plan, const LocalNode& leaf, const Instance& instance) {
  const bool taken = leaf.chosen && instance.taken < leaf.fields.size();
  return plan.fields[leaf.fields[taken ? instance.taken : 0]];
}
// The leaf is empty, and for the field that is a word: it says so where its resource is made, and makes none itself.
bool SaysByBlank(const Field& field, const Instance& instance);
// A word for nothing stands in the place of the time of day that belongs to a date.
bool SaysWhyNoTime(const Plan& plan, const LocalNode& leaf, const Instance& instance);

// The way in: lays `record` over the schema. Findings (wrong kind, unknown member, dropped and missing fields) go to
// `findings`. `withholding`: what the map does not keep then is not laid.
Instance* LayRecord(const Plan& plan, const json::Value& record, json::Arena& arena, Findings& findings,
                    bool withholding);
// What carries something, once leaves that went nowhere carry nothing any more.
void Recount(const Plan& plan, Instance& root);
// How the source usually writes that nothing stands at a node; of one that it leaves out, the empty value of its kind.
json::Value NothingOf(const Plan& plan, const LocalNode& node);

// The way back: an empty instance of a node, and growing items.
Instance* NewInstance(const Plan& plan, Index node, json::Arena& arena);
// The item at `place`, made where it is missing.
Instance* ItemAt(const Plan& plan, Index array_node, Instance& array, std::uint32_t place, json::Arena& arena);
void InsertItem(const Plan& plan, Index array_node, Instance& array, std::uint32_t place, json::Arena& arena);
// One member of a group, or nothing where that is how nothing is written; `name`: as the record calls it.
void FreezeMember(const Plan& plan, Index node, std::string_view name, const Instance& instance, json::Arena& arena,
                  json::Member* members, std::size_t& count);
// The record: members in the order of the map, nothing written as the source does.
json::Value Freeze(const Plan& plan, Index node, const Instance& instance, json::Arena& arena);

// The instance of `node` seen from `scope` (whose items are those of the arrays around it); null when something above
// it is missing.
Instance* Reach(const Plan& plan, Index node, Instance* root, const Scope& scope);
// The same on the way back: groups that are missing are made.
Instance* ReachMaking(const Plan& plan, Index node, Instance* root, const Scope& scope, json::Arena& arena);
// After the way back: puts split values together and works out what carries.
void Settle(const Plan& plan, Index node, Instance& instance, json::Arena& arena);
// The value of a field in one place, null when it has none; of a split field, its part.
json::Value LocalValue(const Plan& plan, const Field& field, Instance* root, const Scope& scope, json::Arena& arena);
// The record's key; nothing when a part is missing or it is too long.
std::optional<std::string> KeyFrom(const Plan& plan, Instance* root, json::Arena& arena);

// A JSON pointer to `node` with the places of `scope`: "/aftercare/barriers/0/sev".
std::string PointerTo(const Plan& plan, Index node, const Scope& scope);
// The same as the form lines have it (departures.h), which tell the two nodes of a list or group apart.
std::string FormPointerTo(const Plan& plan, Index node, const Scope& scope);
inline constexpr std::string_view kSecond = "~2";  // behind the name of the second of the two; no pointer has it
void AppendPointer(std::string_view name, std::string& pointer);

}  // namespace throughline::engine
