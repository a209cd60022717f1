// The smallest instance that a profile allows, made from its rows.
#pragma once

#include "fhir/definitions/definitions.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "fhir/validate/profiles.h"

namespace throughline::conformance {

// An object of the profile's type that has the members of `seed`: what invariants ask for cannot be read from rows.
// Where an object would be empty, it takes the plain children that must be supported. Lives in `arena`.
json::Value MakeInstance(const definitions::Definitions& definitions, const definitions::Profile& profile,
                         const json::Value& seed, json::Arena& arena);

}  // namespace throughline::conformance
