#include "fhir/search/query.h"

#include "fhir/json/write.h"
#include "tests/unit/fhir/search/fixtures.h"

namespace throughline::search {
namespace {

using definitions::R4;

const QueryOptions& Options() {
  static const QueryOptions options{.base_url = kBase,
                                    .now = Instant{std::chrono::sys_days{std::chrono::year{2025} / 6 / 1}}};
  return options;
}

std::vector<Parameter> ParametersOf(const json::Value& test) {
  std::vector<Parameter> parameters;
  for (const json::Value& pair : test.Get("query").items()) {
    parameters.push_back({std::string(pair.items()[0].text()), std::string(pair.items()[1].text())});
  }
  return parameters;
}

std::string Joined(const json::Value& list) {
  std::string text;
  for (const json::Value& item : list.items()) text += std::string(item.text()) + " ";
  return text;
}

// The ids that are found, or the error's kind and rules.
std::string Outcome(const json::Value& test, std::span<const Indexed> resources) {
  const std::vector<Parameter> parameters = ParametersOf(test);
  const Result<Query> query = ParseQuery(R4(), test.Get("type").text(), parameters, Options());
  std::string text;
  if (!query) {
    text = std::string(RowOf(query.error().kind).name) + ": ";
    for (const Issue& issue : query.error().issues) text += issue.rule + " ";
    return text;
  }
  for (const Indexed& resource : resources) {
    if (Matches(*query, resource, resources)) text += std::string(resource.id) + " ";
  }
  return text;
}

TEST(ParseQuery, FindsAndRefusesWhatTheTableSays) {
  const json::Document data = ReadData("resources.json");
  std::vector<std::vector<IndexRow>> rows;
  std::vector<Indexed> resources;
  rows.reserve(data.root.size());
  for (const json::Value& resource : data.root.items()) {
    rows.push_back(RowsOf(resource));
    resources.push_back({resource.Get("resourceType").text(), resource.Get("id").text(), rows.back()});
  }
  const json::Document tests = ReadData("queries.json");
  for (const json::Value& test : tests.root.items()) {
    const bool finds = test.Find("finds") != nullptr;
    const std::string wanted =
        finds ? Joined(test.Get("finds")) : std::string(test.Get("kind").text()) + ": " + Joined(test.Get("rules"));
    EXPECT_EQ(Outcome(test, resources), wanted) << json::ToString(test);
  }
}

Result<Query> Parse(const std::vector<Parameter>& parameters, Handling handling = Handling::kStrict) {
  QueryOptions options = Options();
  options.handling = handling;
  return ParseQuery(R4(), "Patient", parameters, options);
}

TEST(ParseQuery, RefusesFloods) {
  EXPECT_TRUE(Parse(std::vector<Parameter>(32, {"name", "x"})));
  const Result<Query> many = Parse(std::vector<Parameter>(33, {"name", "x"}));
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().kind, ErrorKind::kTooCostly);
  std::string values = "x";
  for (int i = 0; i < 99; ++i) values += ",x";
  EXPECT_TRUE(Parse({{"_id", values}}));
  const Result<Query> wide = Parse({{"_id", values + ",x"}});
  ASSERT_FALSE(wide);
  EXPECT_EQ(wide.error().kind, ErrorKind::kTooCostly);
}

TEST(ParseQuery, LowersHugeCounts) {
  EXPECT_EQ(Parse({{"_count", "99999999999999999999999"}})->count, 1000u);
  EXPECT_EQ(Parse({{"_count", "20"}})->count, 20u);
  EXPECT_EQ(Parse({})->count, 50u);
  EXPECT_TRUE(Parse({{"_count", "0"}})->count_only);
  EXPECT_TRUE(Parse({{"_summary", "count"}})->count_only);
}

TEST(ParseQuery, IgnoresWithAWarningWhenAskedTo) {
  const Result<Query> query = Parse({{"shoe", "42"}, {"name", "x"}, {"_cursor", "abc"}}, Handling::kLenient);
  ASSERT_TRUE(query);
  ASSERT_EQ(query->warnings.size(), 1u);
  EXPECT_EQ(query->warnings[0].severity, Severity::kWarning);
  ASSERT_EQ(query->used.size(), 1u);
  EXPECT_EQ(query->used[0].name, "name");
  EXPECT_EQ(query->cursor, "abc");
  EXPECT_FALSE(Parse({{"birthdate", "garbage"}}, Handling::kLenient));
}

TEST(ParseQuery, NeverEchoesNamesOrValues) {
  const Result<Query> query = Parse({{"secretname", "x"}, {"birthdate", "secretvalue"}});
  ASSERT_FALSE(query);
  for (const Issue& issue : query.error().issues) {
    EXPECT_EQ((issue.text + issue.location).find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace throughline::search
