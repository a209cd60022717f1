// What went wrong, as FHIR says it. https://hl7.org/fhir/R4/operationoutcome.html
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/error.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"

namespace throughline::rest {

// The system of our rule ids in `issue.details.coding`; part of the contract.
inline constexpr std::string_view kRuleSystem = "urn:throughline:rule";

// All findings of `error`, in their order; one made from its kind and message where it carries none.
json::Value OperationOutcome(const Error& error, json::Arena& arena);
// No findings: one issue "informational", because an outcome has at least one.
json::Value OperationOutcome(const Issues& issues, json::Arena& arena);

// The same as canonical bytes, ready to be sent.
std::string OperationOutcomeBytes(const Error& error);
std::string OperationOutcomeBytes(const Issues& issues);

// The `issue` array alone: severity, code, details.coding (the rule), diagnostics, location, expression. What an Issue
// leaves empty is left out. No issues: an array without items.
json::Value IssueArray(const Issues& issues, json::Arena& arena);

}  // namespace throughline::rest
