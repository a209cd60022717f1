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

}  // namespace
}  // namespace throughline::draft
