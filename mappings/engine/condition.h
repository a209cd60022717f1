// The conditions of a map: `when`, `where`, `withhold`, `checks`. Private to the room.
#pragma once

#include <string>

#include "fhir/base/error.h"
#include "fhir/base/result.h"
#include "fhir/path/expression.h"
#include "mappings/plan/plan.h"

namespace throughline::engine {

// What a condition says of `focus`; nothing is no. An error where it cannot be worked out, and where it gives several
// items or one that is no boolean: neither is a no.
Result<bool> Decide(const plan::Plan& plan, const path::Expression& condition, const path::Item& focus,
                    path::Environment& environment);

// What keeps a record aside of which that is not known: rule "map-expression", with the expression and the cause.
// `word`: where it stands in the map, "'withhold.when'".
Issue NotWorkedOut(std::string word, const path::Expression& expression, const Error& cause);

}  // namespace throughline::engine
