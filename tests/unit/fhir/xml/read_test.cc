// Pairs NAME.xml and NAME.json of tests/cases/xml, which say the same; and texts with what is wrong with them.
#include "fhir/xml/read.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/write.h"
#include "fhir/xml/faults.h"

namespace throughline::xml {
namespace {

using definitions::R4;

std::filesystem::path Folder() { return std::string(THROUGHLINE_SOURCE_DIR) + "/tests/cases/xml"; }

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// "rule line:column" of each issue, in their order; "the rule" where there is no place.
std::vector<std::string> Found(const Result<json::Document>& result) {
  std::vector<std::string> found;
  for (const Issue& issue : result ? Issues{} : result.error().issues) {
    found.push_back(issue.location.empty() ? issue.rule : issue.rule + ' ' + issue.location);
  }
  return found;
}

TEST(Read, MakesTheJsonOfEachPair) {
  std::size_t pairs = 0;
  for (const auto& file : std::filesystem::directory_iterator(Folder())) {
    if (file.path().extension() != ".xml") {
      continue;
    }
    SCOPED_TRACE(file.path().filename().string());
    const auto read = ReadDocument(ReadFile(file.path()), R4());
    ASSERT_TRUE(read) << read.error().message << (read.error().issues.empty() ? "" : read.error().issues[0].location);
    auto json = file.path();
    const auto wanted = json::ParseDocument(ReadFile(json.replace_extension(".json")));
    ASSERT_TRUE(wanted);
    EXPECT_EQ(json::ToString(read->root), json::ToString(wanted->root));
    ++pairs;
  }
  EXPECT_GE(pairs, 6U);
}

TEST(Read, SaysWhatIsWrongAndWhere) {
  const auto table = json::ParseDocument(ReadFile(Folder() / "faults.json"));
  ASSERT_TRUE(table);
  std::set<std::string> rules;
  for (const json::Value& row : table->root.Get("cases").items()) {
    std::vector<std::string> wanted;
    for (const json::Value& issue : row.Get("issues").items()) {
      wanted.emplace_back(issue.text());
      rules.insert(wanted.back().substr(0, wanted.back().find(' ')));
    }
    EXPECT_EQ(Found(ReadDocument(row.Get("xml").text(), R4())), wanted) << row.Get("name").text();
  }
  for (const FaultRow& row : kFaults) {
    EXPECT_TRUE(row.kind != ErrorKind::kInvalid || rules.contains(std::string(row.rule))) << row.rule;
  }
}

TEST(Read, KeepsToItsLimits) {
  const std::string start = "<Patient xmlns=\"http://hl7.org/fhir\">";
  std::string deep = start;
  for (int i = 0; i < 100'000; ++i) {
    deep += "<extension url=\"a\">";
  }
  EXPECT_EQ(Found(ReadDocument(deep, R4())), std::vector<std::string>{"xml-depth 1:1919"});
  const std::string text = start + "<active value=\"true\"/><text><status value=\"generated\"/></text></Patient>";
  EXPECT_TRUE(ReadDocument(text, R4()));
  EXPECT_EQ(Found(ReadDocument(text, R4(), {.nodes = 3})), std::vector<std::string>{"xml-too-many 1:60"});
  EXPECT_EQ(Found(ReadDocument(text, R4(), {.bytes = 10})), std::vector<std::string>{"xml-too-long"});
  EXPECT_EQ(Found(ReadDocument(text, R4(), {.text_bytes = 8})), std::vector<std::string>{"xml-too-long 1:66"});
  std::string wrong = start;
  for (int i = 0; i < 1'000; ++i) {
    wrong += "<x/>";
  }
  EXPECT_EQ(Found(ReadDocument(wrong + "</Patient>", R4())).size(), Limits{}.issues);
}

TEST(Read, HoldsNoValueInItsErrors) {
  const auto read = ReadDocument(
      "<Patient xmlns=\"http://hl7.org/fhir\"><Zwieback/><name Zwieback=\"Zwieback\">Zwieback</name></Patient>", R4());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().issues.size(), 3U);
  for (const Issue& issue : read.error().issues) {
    EXPECT_EQ((issue.text + issue.rule + issue.location).find("Zwieback"), std::string::npos);
  }
}

}  // namespace
}  // namespace throughline::xml
