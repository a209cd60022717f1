// The case files of tests/data/mappings/language/refuse (case_file.h): map.yaml and its tables -> `error`, what `map
// check` prints.
#include <gtest/gtest.h>

#include "mappings/language/error_report.h"
#include "tests/unit/mappings/case_file.h"

namespace throughline::language {
namespace {

class Refuse : public CaseFile {};

TEST_P(Refuse, SaysAllThatIsWrong) {
  const auto map = Load();
  ASSERT_FALSE(map);
  EXPECT_EQ(map.error().kind, ErrorKind::kInvalid);
  Expect("error", MapErrorText(map.error()));
}

INSTANTIATE_TEST_SUITE_P(Maps, Refuse, testing::ValuesIn(CaseFiles("language/refuse")), kCaseName);

}  // namespace
}  // namespace throughline::language
