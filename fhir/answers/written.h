// Items as JSON.
#pragma once

#include <string>

#include "fhir/definitions/definitions.h"
#include "fhir/path/expression.h"

namespace throughline::answers {

// Appends [{"type":"string","value":"x"},...].
void WriteItems(const definitions::Definitions& definitions, const path::Collection& items, std::string& out);

// The item that a JSON value is where nothing says its type: a resource by its `resourceType`, an integer or a decimal
// by how the number is written. Arrays and null: not here.
path::Item ItemOf(const definitions::Definitions& definitions, path::Model model, const json::Value& value);

}  // namespace throughline::answers
