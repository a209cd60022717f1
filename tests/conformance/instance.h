// The smallest instance that a profile allows, made from its rows, and ways to break one of its rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "fhir/validate/profiles.h"

namespace throughline::conformance {

// An object of the profile's type that has the members of `seed`: what invariants ask for cannot be read from rows.
// Where an object would be empty, it takes the plain children that must be supported. Lives in `arena`.
json::Value MakeInstance(const definitions::Definitions& definitions, const definitions::Profile& profile,
                         const json::Value& seed, json::Arena& arena);

struct BrokenInstance {
  json::Value value;
  std::vector<std::string> rules;  // one of them must be reported
  std::string place;               // the expression, or the start of it
  std::string element;             // id of the element whose rule is broken
};

// One for each rule of the profile's elements that the instance shows: what is required left out, fixed and pattern
// values changed, codes of required bindings, types of choices, and repeated where only one is allowed.
std::vector<BrokenInstance> BreakInstance(const definitions::Definitions& definitions,
                                          const definitions::Profile& profile, const json::Value& instance,
                                          json::Arena& arena);

}  // namespace throughline::conformance
