// Ways to break one rule of a profile, made from its rows.
#pragma once

#include <string>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"

namespace throughline::conformance {

struct BrokenInstance {
  json::Value value;
  std::vector<std::string> errors;  // all that is wrong with it, "rule place", sorted: by the rows, not by a check
  std::string element;              // id of the element whose rule is broken
  std::string how;                  // "taken out"
};

// One for each rule of the profile's elements that the instance shows: what is required left out, what stands once
// given twice, fixed values and codes of required bindings changed, references pointed to another type.
std::vector<BrokenInstance> BreakInstance(const definitions::Definitions& definitions,
                                          const definitions::Profile& profile, const json::Value& instance,
                                          json::Arena& arena);

}  // namespace throughline::conformance
