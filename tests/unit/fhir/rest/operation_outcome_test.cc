#include "fhir/rest/operation_outcome.h"

#include <gtest/gtest.h>

#include "tests/unit/fhir/rest/golden.h"

namespace throughline::rest {
namespace {

TEST(OperationOutcome, HasEveryIssueWithItsPlace) {
  Error error{ErrorKind::kInvalid, "resource refused", {}};
  error.issues.push_back({.type = IssueType::kRequired,
                          .rule = "card-min",
                          .expression = "CarePlan.status",
                          .text = "status is required"});
  error.issues.push_back({.severity = Severity::kWarning,
                          .type = IssueType::kStructure,
                          .rule = "json-syntax",
                          .location = "offset 12",
                          .text = "a comma is missing"});
  error.issues.push_back({.severity = Severity::kFatal, .type = IssueType::kException});
  ExpectGolden(OperationOutcomeBytes(error), "outcome.json");
}

TEST(OperationOutcome, IsMadeFromTheKindWhereThereIsNoIssue) {
  ExpectGolden(OperationOutcomeBytes(Error{ErrorKind::kNotFound, "there is no such resource", {}}),
               "outcome-not-found.json");
}

TEST(OperationOutcome, HasOneIssueWhereNothingIsWrong) {
  ExpectGolden(OperationOutcomeBytes(Issues{}), "outcome-fine.json");
}

TEST(IssueArray, IsEmptyWithoutIssues) {
  json::Arena arena;
  EXPECT_EQ(json::ToString(IssueArray({}, arena)), "[]");
}

}  // namespace
}  // namespace throughline::rest
