// fixed[x] and pattern[x]. https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.fixed_x_
#pragma once

#include "fhir/json/value.h"

namespace throughline::validate {

// The same value, part for part and digit for digit; ids of elements do not count.
bool Same(const json::Value& value, const json::Value& fixed);
// Everything in `pattern` is in `value` too: members with their content, and for each item one that has it.
bool Covers(const json::Value& value, const json::Value& pattern);

}  // namespace throughline::validate
