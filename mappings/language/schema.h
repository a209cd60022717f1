// The map language as a JSON Schema, for editors.
#pragma once

#include <string>

#include "fhir/definitions/definitions.h"

namespace throughline::language {

// Draft 07, which the language servers of editors read best, indented, with a line end. Made of the rows of words.h: an
// editor that has it completes and explains every word, and marks what the binder would refuse for its shape. What
// depends on more than one place of a map (a field that no resource takes) is left to `map check`.
// https://json-schema.org/draft-07
std::string MapSchema(const definitions::Definitions& definitions);

}  // namespace throughline::language
