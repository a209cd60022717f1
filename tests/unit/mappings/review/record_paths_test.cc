#include "mappings/review/record_paths.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"

namespace throughline::review {
namespace {

using Path = std::vector<std::string_view>;

// The right value becomes the left one where both stand.
std::string Copied(std::string_view text, const Path& left, const Path& right) {
  json::Arena arena;
  const auto record = json::Parse(text, arena);
  const auto copy = [&](const json::Value& at, Parts from, Parts to) -> std::optional<json::Value> {
    const json::Value* value = ValueAt(at, from);
    if (value == nullptr || ValueAt(at, to) == nullptr) return std::nullopt;
    return PutAt(at, to, *value, arena);
  };
  return json::ToString(WherePathsPart(*record, left, right, copy, arena));
}

TEST(WherePathsPart, ChangesEachGroupAndListWhereTheyPart) {
  EXPECT_EQ(Copied(R"({"a":1,"b":2})", {"a"}, {"b"}), R"({"a":1,"b":1})");
  EXPECT_EQ(Copied(R"({"g":{"a":1,"b":{"c":2}}})", {"g", "a"}, {"g", "b", "c"}), R"({"g":{"a":1,"b":{"c":1}}})");
  EXPECT_EQ(Copied(R"({"r":[{"a":1,"b":2},{"a":3},7,{"a":5,"b":6}]})", {"r", "*", "a"}, {"r", "*", "b"}),
            R"({"r":[{"a":1,"b":1},{"a":3},7,{"a":5,"b":5}]})");
}

TEST(WherePathsPart, KnowsThePlacesOfLists) {
  EXPECT_EQ(Copied(R"({"at":[1,2]})", {"at", "0"}, {"at", "1"}), R"({"at":[1,1]})");
  EXPECT_EQ(Copied(R"({"at":[{"a":1,"b":2},{}]})", {"at", "0", "a"}, {"at", "0", "b"}), R"({"at":[{"a":1,"b":1},{}]})");
  EXPECT_EQ(Copied(R"({"at":[1],"b":2})", {"at", "3"}, {"b"}), R"({"at":[1],"b":2})");
}

TEST(WherePathsPart, MakesNothingAgainWhereNothingChanges) {
  json::Arena arena;
  const auto record = json::Parse(R"({"r":[{"a":1,"b":2}]})", arena);
  const auto keep = [](const json::Value&, Parts, Parts) { return std::optional<json::Value>(); };
  const json::Value same = WherePathsPart(*record, Path{"r", "*", "a"}, Path{"r", "*", "b"}, keep, arena);
  EXPECT_EQ(same.members().data(), record->members().data());
}

}  // namespace
}  // namespace throughline::review
