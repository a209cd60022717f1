// What cannot be compiled is refused under a rule of its own, and said: tests/cases/compile/refusals.json.
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>

#include "fhir/compile/compile.h"
#include "fhir/compile/perfect_table.h"
#include "fhir/compile/writer.h"
#include "fhir/json/parse.h"

namespace throughline::compile {
namespace {

json::Document ReadTable() {
  std::ifstream in(std::string(THROUGHLINE_SOURCE_DIR) + "/tests/cases/compile/refusals.json", std::ios::binary);
  auto document = json::ParseDocument(std::string(std::istreambuf_iterator<char>(in), {}));
  EXPECT_TRUE(document);
  return document ? *std::move(document) : json::Document{json::Arena(), {}};
}

TEST(Compile, RefusesEachUnderItsRule) {
  const json::Document table = ReadTable();
  std::set<std::string> rules;
  for (const json::Value& row : table.root.items()) {
    Input input;
    input.below = row.Get("below").boolean() ? &definitions::R4() : nullptr;
    for (const json::Value& resource : row.Get("resources").items()) {
      input.resources.push_back(resource);
    }
    const auto blob = Compile(input);
    ASSERT_FALSE(blob) << row.Get("name").text();
    EXPECT_EQ(blob.error().issues.at(0).rule, row.Get("rule").text()) << row.Get("name").text();
    EXPECT_NE(blob.error().message.find(row.Get("says").text()), std::string::npos) << blob.error().message;
    rules.insert(blob.error().issues.at(0).rule);
  }
  EXPECT_EQ(rules, (std::set<std::string>{"definitions-base", "definitions-parent", "definitions-search",
                                          "definitions-structure", "definitions-type"}));
}

// Each concept below all before it: more steps up than a hierarchy may take.
TEST(Compile, RefusesAHierarchyThatIsTooLarge) {
  std::string text = R"({"resourceType":"CodeSystem","url":"http://example.org/deep","content":"complete","concept":[)";
  for (int i = 0; i < 3'000; ++i) {
    text += (i > 0 ? ",{\"code\":\"" : "{\"code\":\"") + std::to_string(i) + '"';
    text += i > 0 ? R"(,"property":[{"code":"parent","valueCode":")" + std::to_string(i - 1) + "\"}]}" : "}";
  }
  const auto document = json::ParseDocument(text + "]}");
  ASSERT_TRUE(document);
  Input input;
  input.below = &definitions::R4();
  input.resources.push_back(document->root);
  const auto blob = Compile(input);
  ASSERT_FALSE(blob);
  EXPECT_EQ(blob.error().issues.at(0).rule, "definitions-hierarchy");
}

TEST(PerfectTable, RefusesKeysOfOneHash) {
  const std::array rows = {KeyedRow{7, 0}, KeyedRow{7, 1}};
  const auto table = BuildPerfectTable(rows);
  ASSERT_FALSE(table);
  EXPECT_EQ(table.error().issues.at(0).rule, "definitions-hash");
}

TEST(Writer, RefusesMoreThanOffsetsReach) {
  Writer writer;
  writer.Intern("some text");
  EXPECT_TRUE(writer.Finish({}));
  const auto bytes = writer.Finish({}, 8);
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().issues.at(0).rule, "definitions-size");
}

}  // namespace
}  // namespace throughline::compile
