#include "fhir/json/locate.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

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

TEST(Locate, FindsManyAtOnceInAnyOrder) {
  const std::array<std::string_view, 9> pointers = {
      "/b", "/name/1/use", "/name/0/given/1", "", "/name/0", "/name/7/x", "/b", "/name/0/given/00", "/name/0/given/0"};
  std::vector<std::string> places;
  for (const Position& position : Locate(kText, pointers)) {
    places.push_back(std::to_string(position.line) + ':' + std::to_string(position.column));
  }
  EXPECT_EQ(places, (std::vector<std::string>{"4:21", "3:37", "2:30", "1:1", "2:13", "2:11", "4:21", "2:23", "2:24"}));
  EXPECT_TRUE(Locate(kText, std::span<const std::string_view>()).empty());
}

// A pass over the text for each pointer, or a number written out for each item, would take minutes.
TEST(Locate, ReadsALongTextOnceForManyPointers) {
  std::string text = "{\"a\":[";
  for (int i = 0; i < 400'000; ++i) text += "{\"b\":[1,\"\\\"é\"]},\n";
  text += "0]}";
  std::vector<std::string> steps;
  for (int i = 0; i < 20'000; ++i) steps.push_back("/a/" + std::to_string(399'999 - i * 7) + "/b/1");
  const std::vector<std::string_view> pointers(steps.begin(), steps.end());
  const std::vector<Position> positions = Locate(text, pointers);
  for (std::size_t i = 0; i < positions.size(); ++i) {
    ASSERT_EQ(positions[i].line, 400'000 - i * 7);
    ASSERT_EQ(positions[i].column, 9U);
  }
}

TEST(PositionAt, CountsFromOneAndStopsAtTheEnd) {
  const auto at = [](std::size_t offset) {
    const Position position = PositionAt("é\nab", offset);
    return std::to_string(position.line) + ':' + std::to_string(position.column);
  };
  EXPECT_EQ(at(0), "1:1");
  EXPECT_EQ(at(2), "1:2");
  EXPECT_EQ(at(3), "2:1");
  EXPECT_EQ(at(99), "2:3");
  EXPECT_EQ(At("\xEF\xBB\xBF{\"a\":1}", "/a"), "1:6");
  EXPECT_EQ(PositionAt("\xEF\xBB\xBF", 1).column, 1U);
}

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
