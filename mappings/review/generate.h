// Records made from a map's own schema: what `map test --generate` feeds the laws with. Private to the room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/plan/plan.h"

namespace throughline::review {

// The room works on the parts of a plan, and speaks of them without that room's name.
using namespace plan;

// The same numbers for the same seed, on every machine (splitmix64).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next();
  std::uint64_t Below(std::uint64_t count) { return Next() % count; }
  bool Percent(unsigned percent) { return Below(100) < percent; }

 private:
  std::uint64_t state_;
};

struct GeneratedRecord {
  json::Value record;
  bool keeps_checks = false;  // those of the map
};

// A record that the map accepts: every field in every form that its type, table, range and nothing allow, in the orders
// that the map and R4 ask for. Where none of `tries` keeps the map's `checks`, the last one, which breaks them.
GeneratedRecord GenerateRecord(const Plan& plan, Dice& dice, std::size_t tries, json::Arena& arena);

}  // namespace throughline::review
