// tests/cases/draft/drafts.json: what stands in the draft of a file. Every draft is a map that loads.
#include "mappings/draft/draft.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "mappings/language/load_map.h"

namespace throughline::draft {
namespace {

std::string ReadCases() {
  std::ifstream file(std::string(THROUGHLINE_SOURCE_DIR) + "/tests/cases/draft/drafts.json", std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Draft, SaysWhatTheFileShows) {
  const auto cases = json::ParseDocument(ReadCases());
  ASSERT_TRUE(cases);
  ASSERT_GT(cases->root.Get("cases").size(), 0U);
  for (const json::Value& one : cases->root.Get("cases").items()) {
    SCOPED_TRACE(std::string(one.Get("name").text()));
    const auto draft = DraftMap(one.Get("file").text(), true, "some.csv");
    ASSERT_TRUE(draft);
    for (const json::Value& line : one.Get("holds").items()) {
      EXPECT_NE(draft->find(line.text()), std::string::npos) << line.text() << "\n" << *draft;
    }
    for (const json::Value& line : one.Get("lacks").items()) {
      EXPECT_EQ(draft->find(line.text()), std::string::npos) << line.text() << "\n" << *draft;
    }
    const auto map = language::LoadMap(
        "map.yaml", [&](std::string_view) -> Result<std::string> { return *draft; }, definitions::R4());
    EXPECT_TRUE(map);
  }
}

TEST(Draft, RefusesAFileWithoutNames) {
  for (const std::string_view file : {
           "1,Ann Canary,1990-01-01,F\n2,Bob Canary,1985-02-03,M\n",
           "Ann Canary,x,F\nBob Canary,y,M\nCid Canary,z,F\n",
           "1,Ann\n2,Bob\n",
           "Ann Canary,13/08/1990\nBob Canary,14/02/1986\n",
           "Ann Canary,400112\nBob Canary,400113\n",
       }) {
    const auto draft = DraftMap(file, true, "some.csv");
    ASSERT_FALSE(draft) << file;
    EXPECT_NE(draft.error().message.find("the first line looks like a row"), std::string::npos);
    EXPECT_EQ(draft.error().message.find("Canary"), std::string::npos);
  }
}

}  // namespace
}  // namespace throughline::draft
