#include "fhir/rest/operation_outcome.h"

#include "fhir/json/build.h"
#include "fhir/json/write.h"

namespace throughline::rest {
namespace {

// The code of a text of ours lives as long as the program.
json::Value Literal(std::string_view text) { return json::Value::String(text); }

json::Value OneText(std::string_view text, json::Arena& arena) {
  json::ArrayBuilder array(arena);
  array.Add(json::Value::String(arena.Copy(text)));
  return array.Build();
}

json::Value RuleDetails(std::string_view rule, json::Arena& arena) {
  json::ObjectBuilder coding(arena);
  coding.Add("system", Literal(kRuleSystem));
  coding.AddString("code", rule);
  json::ArrayBuilder codings(arena);
  codings.Add(coding.Build());
  json::ObjectBuilder details(arena);
  details.Add("coding", codings.Build());
  return details.Build();
}

json::Value OneIssue(const Issue& issue, json::Arena& arena) {
  json::ObjectBuilder object(arena);
  object.Add("severity", Literal(CodeOf(issue.severity)));
  object.Add("code", Literal(CodeOf(issue.type)));
  if (!issue.rule.empty()) object.Add("details", RuleDetails(issue.rule, arena));
  if (!issue.text.empty()) object.AddString("diagnostics", issue.text);
  if (!issue.location.empty()) object.Add("location", OneText(issue.location, arena));
  if (!issue.expression.empty()) object.Add("expression", OneText(issue.expression, arena));
  return object.Build();
}

// The findings of an error; an outcome has at least one.
Issues FindingsOf(const Error& error) {
  if (!error.issues.empty()) return error.issues;
  const ErrorKindRow& row = RowOf(error.kind);
  return MakeError(error.kind, std::string(row.name), error.message).issues;
}

}  // namespace

json::Value IssueArray(const Issues& issues, json::Arena& arena) {
  json::ArrayBuilder array(arena);
  for (const Issue& issue : issues) array.Add(OneIssue(issue, arena));
  return array.Build();
}

json::Value OperationOutcome(const Issues& issues, json::Arena& arena) {
  json::ObjectBuilder outcome(arena);
  outcome.Add("resourceType", Literal("OperationOutcome"));
  const Issue fine{.severity = Severity::kInformation, .type = IssueType::kInformational, .text = "nothing is wrong"};
  outcome.Add("issue", IssueArray(issues.empty() ? Issues{fine} : issues, arena));
  return outcome.Build();
}

json::Value OperationOutcome(const Error& error, json::Arena& arena) {
  return OperationOutcome(FindingsOf(error), arena);
}

std::string OperationOutcomeBytes(const Error& error) { return OperationOutcomeBytes(FindingsOf(error)); }

std::string OperationOutcomeBytes(const Issues& issues) {
  json::Arena arena;
  return json::ToString(OperationOutcome(issues, arena));
}

}  // namespace throughline::rest
