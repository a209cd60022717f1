// What a body in a request must be before it is looked into.
#pragma once

#include <string_view>

#include "fhir/base/result.h"
#include "fhir/json/value.h"

namespace throughline::interactions {

// https://hl7.org/fhir/R4/datatypes.html#id
bool IsId(std::string_view text);

// A JSON object whose resourceType is `type`, else kInvalid, rule "resource-type".
Result<void> IsOfType(const json::Value& body, std::string_view type);

}  // namespace throughline::interactions
