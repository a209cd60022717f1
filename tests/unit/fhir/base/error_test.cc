#include "fhir/base/error.h"

#include <gtest/gtest.h>

namespace throughline {
namespace {

TEST(ErrorKinds, HaveARowEach) {
  for (const ErrorKindRow& row : ErrorKinds()) {
    EXPECT_EQ(&RowOf(row.kind), &row);
    EXPECT_GE(row.http_status, 400);
    EXPECT_FALSE(row.name.empty());
    EXPECT_FALSE(CodeOf(row.issue).empty());
  }
}

TEST(MakeError, CarriesOneIssueOfItsKind) {
  const Error error = MakeError(ErrorKind::kGone, "deleted", "it was deleted");
  ASSERT_EQ(error.issues.size(), 1u);
  EXPECT_EQ(error.issues[0].type, IssueType::kDeleted);
  EXPECT_EQ(error.issues[0].rule, "deleted");
  EXPECT_TRUE(HasErrors(error.issues));
}

TEST(HasErrors, IsFalseForWarnings) {
  EXPECT_FALSE(HasErrors({}));
  EXPECT_FALSE(HasErrors({Issue{.severity = Severity::kWarning}, Issue{.severity = Severity::kInformation}}));
}

}  // namespace
}  // namespace throughline
