#include "fhir/validate/rules.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "fhir/validate/primitives.h"

namespace throughline::validate {
namespace {

constexpr std::size_t kGeneral = static_cast<std::size_t>(Rule::kCount);

constexpr std::array<RuleRow, kGeneral> kGeneralRules = {{
    {"resource-type-missing", IssueType::kStructure, Severity::kError,
     "A resource says what it is in `resourceType`: add it."},
    {"resource-type-unknown", IssueType::kStructure, Severity::kError,
     "`resourceType` is not the name of a resource of FHIR R4: correct it."},
    {"unknown-element", IssueType::kStructure, Severity::kError,
     "There is no such element here in FHIR R4: correct its name, or remove it."},
    {"type", IssueType::kStructure, Severity::kError, "The JSON value is of the wrong kind."},
    {"array-expected", IssueType::kStructure, Severity::kError,
     "This element may repeat: write it as a JSON array, also when there is one."},
    {"array-unexpected", IssueType::kStructure, Severity::kError,
     "This element does not repeat: write it without the JSON array."},
    {"card-min", IssueType::kRequired, Severity::kError, "This element is required here: add it."},
    {"card-max", IssueType::kStructure, Severity::kError, "There are more of these than allowed: remove some."},
    {"choice-many", IssueType::kStructure, Severity::kError,
     "Only one type of this element may be given: keep one of them."},
    {"empty-object", IssueType::kStructure, Severity::kError, "An object is never empty: fill it, or remove it."},
    {"empty-array", IssueType::kStructure, Severity::kError, "An array is never empty: fill it, or remove it."},
    {"empty-string", IssueType::kValue, Severity::kError, "A string is never empty: fill it, or remove it."},
    {"null-value", IssueType::kStructure, Severity::kError,
     "null stands only in the array of a primitive, where the other array has an id or an extension: remove it."},
    {"sibling-length", IssueType::kStructure, Severity::kError,
     "The array of values and the array of their ids and extensions have different lengths: fill up with null."},
    {"string-too-long", IssueType::kTooLong, Severity::kError,
     "A string has at most 1,048,576 characters: shorten it."},
    {"string-control", IssueType::kValue, Severity::kError,
     "A string holds no control characters but tab, line feed and carriage return: remove them."},
    {"too-deep", IssueType::kTooCostly, Severity::kError, "The objects are nested too deeply: flatten them."},
    {"reference-syntax", IssueType::kValue, Severity::kError,
     "A reference is Type/id, an http(s) URL, urn:uuid:, urn:oid: or #id of a contained resource: correct it."},
    {"reference-target", IssueType::kValue, Severity::kError,
     "The reference points to a type that is not allowed here."},
    {"reference-contained", IssueType::kInvariant, Severity::kError,
     "No contained resource has this id: add it to `contained`, or correct the reference."},
    {"contained-nested", IssueType::kInvariant, Severity::kError,
     "A contained resource contains no others: move them up to the resource that contains it."},
    {"contained-id-repeated", IssueType::kInvariant, Severity::kError,
     "Another contained resource has the same id: give each its own."},
    {"contained-many", IssueType::kTooCostly, Severity::kError,
     "There are too many contained resources: send them as resources of their own."},
    {"binding-required", IssueType::kCodeInvalid, Severity::kError,
     "The code is not one of the required value set: use one of its codes."},
    {"too-many-issues", IssueType::kIncomplete, Severity::kWarning,
     "There are more issues than are listed: correct these and check again."},
}};

constexpr auto kRules = [] {
  std::array<RuleRow, kGeneral + kPrimitiveCount> rows{};
  std::ranges::copy(kGeneralRules, rows.begin());
  for (std::size_t i = 0; i < kPrimitiveCount; ++i) {
    rows[kGeneral + i] = {kPrimitives[i].rule, IssueType::kValue, Severity::kError, kPrimitives[i].text};
  }
  return rows;
}();

constexpr std::array kUnprocessable = {
    IssueType::kInvariant, IssueType::kCodeInvalid,  IssueType::kBusinessRule, IssueType::kExtension,
    IssueType::kNotFound,  IssueType::kNotSupported, IssueType::kDuplicate,    IssueType::kConflict,
};

bool IsError(const Issue& issue) { return issue.severity == Severity::kError || issue.severity == Severity::kFatal; }

}  // namespace

const RuleRow& RowOf(Rule rule) { return kRules[static_cast<std::size_t>(rule)]; }

const RuleRow& RuleOf(const PrimitiveRow& primitive) {
  return kRules[kGeneral + static_cast<std::size_t>(&primitive - kPrimitives.data())];
}

std::span<const RuleRow> RuleRows() { return kRules; }

void Findings::Add(const RuleRow& rule, const Place& place, std::string_view detail) {
  if (issues_.size() > most_) {
    return;
  }
  const bool full = issues_.size() == most_;
  const RuleRow& row = full ? RowOf(Rule::kTooManyIssues) : rule;
  Issue& issue = issues_.emplace_back();
  issue.severity = row.severity;
  issue.type = row.type;
  issue.rule = row.id;
  issue.text = row.text;
  if (!full) {
    issue.expression = ToExpression(place);
    issue.text.append(detail.empty() ? "" : " ").append(detail);
  }
}

ErrorKind KindOf(const Issues& issues) {
  const bool errors = HasErrors(issues);
  const bool plain = std::ranges::all_of(issues, [](const Issue& issue) {
    return !IsError(issue) || std::ranges::find(kUnprocessable, issue.type) != kUnprocessable.end();
  });
  return errors && plain ? ErrorKind::kUnprocessable : ErrorKind::kInvalid;
}

}  // namespace throughline::validate
