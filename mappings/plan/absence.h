// Tokens that mean 'no value', and what they become. For mappings/ only.
#pragma once

#include <string_view>

#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "mappings/plan/plan.h"

namespace throughline::plan {

// The token that `value` is; null when it is none, or of another kind than the field has (-9 and "-9"). Of tokens with
// one reason the first is the usual one.
const AbsentToken* FindToken(const Field& field, const json::Value& value);
// The usual token of a reason; null when the source has no word for it.
const AbsentToken* TokenFor(const Field& field, std::string_view reason);
// The token as the source writes it.
json::Value TokenValue(const Field& field, const AbsentToken& token);

// A CodeableConcept for `dataAbsentReason`, and the extension for everywhere else.
json::Value AbsentConcept(std::string_view reason, json::Arena& arena);
json::Value AbsentExtension(std::string_view reason, json::Arena& arena);
// The reason in either; "" when there is none.
std::string_view ReasonIn(const json::Value& concept_value);

}  // namespace throughline::plan
