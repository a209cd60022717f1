// fixed[x] and pattern[x]. https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.fixed_x_
#pragma once

#include "fhir/json/value.h"

namespace throughline::validate {

// The same value, part for part; ids of elements do not count. Strings are the same byte for byte. Numbers are the same
// in value and in precision, which is part of a decimal (https://hl7.org/fhir/R4/datatypes.html#decimal): "all values
// must be an exact match". FHIRPath's `=`, which asks whether two numbers are equal, is another question.
bool Same(const json::Value& value, const json::Value& fixed);
// Everything in `pattern` is in `value` too: members with their content, and for each item one that has it.
bool Covers(const json::Value& value, const json::Value& pattern);

}  // namespace throughline::validate
