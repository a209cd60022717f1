#include "fhir/json/locate.h"

#include <gtest/gtest.h>

#include <string>

namespace throughline::json {
namespace {

constexpr std::string_view kText = R"({
  "name": [ {"given": ["A}", "B\"]"], "_given" : [null, {"id":"x"}] },
            {"family": "ö", "use" : "usual"} ],
  "a": 1.50e2, "b": true
})";

std::string At(std::string_view text, std::string_view pointer) {
  const Position position = Locate(text, pointer);
  return std::to_string(position.line) + ':' + std::to_string(position.column);
}

TEST(Locate, FindsTheStartOfAValue) {
  EXPECT_EQ(At(kText, ""), "1:1");
  EXPECT_EQ(At(kText, "/name"), "2:11");
  EXPECT_EQ(At(kText, "/name/0"), "2:13");
  EXPECT_EQ(At(kText, "/name/0/given/1"), "2:30");
  EXPECT_EQ(At(kText, "/name/0/_given/1/id"), "2:63");
  EXPECT_EQ(At(kText, "/name/1"), "3:13");
  EXPECT_EQ(At(kText, "/b"), "4:21");
}

TEST(Locate, CountsCharacters) { EXPECT_EQ(At(kText, "/name/1/use"), "3:37"); }

TEST(Locate, StopsWhereThePointerLeadsToNothing) {
  EXPECT_EQ(At(kText, "/name/7"), "2:11");
  EXPECT_EQ(At(kText, "/name/1/period/start"), "3:13");
  EXPECT_EQ(At(kText, "/a/b"), "4:8");
}

TEST(Locate, SurvivesWhatIsNoJson) {
  for (const std::string_view text : {"", "{", "{\"a\"", "{\"a\":", "[1,", "[\"\\", "}", "{\"a\":}", "[[[[", "nul"}) {
    EXPECT_EQ(Locate(text, "/a/0/b").line, 1U);
  }
}

TEST(Locate, ReadsEscapedSteps) {
  EXPECT_EQ(At(R"({"a/b~":{"c":1}})", "/a~1b~0/c"), "1:14");
  std::string pointer;
  AppendStep("a/b~", pointer);
  EXPECT_EQ(pointer, "/a~1b~0");
}

}  // namespace
}  // namespace throughline::json
