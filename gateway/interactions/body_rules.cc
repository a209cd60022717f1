#include "gateway/interactions/body_rules.h"

#include "fhir/validate/validate.h"

namespace throughline::interactions {

bool IsId(std::string_view text) { return validate::IsValidPrimitive("id", json::Value::String(text)); }

Result<void> IsOfType(const json::Value& body, std::string_view type) {
  const json::Value named = body.Get("resourceType");
  if (named.is_string() && named.text() == type) return {};
  Error error =
      MakeError(ErrorKind::kInvalid, "resource-type", "the body must be a resource of the type that the URL names");
  error.issues.front().type = IssueType::kStructure;
  error.issues.front().expression = "Resource.resourceType";
  error.issues.front().location = "/resourceType";
  return error;
}

}  // namespace throughline::interactions
