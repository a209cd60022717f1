// Every pair of tests/cases/answers/lines.json: a line, and its answer.
#include "fhir/answers/answers.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "fhir/answers/explain.h"
#include "fhir/answers/reference.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "fhir/path/functions.h"

namespace throughline::answers {
namespace {

using definitions::R4;

Result<std::string> Folder(const std::string& path) {
  if (path == "patient.json") return std::string(R"({"resourceType":"Patient","id":"from-file"})");
  return MakeError(ErrorKind::kNotFound, "file", "no such file");
}

Answerer MakeAnswerer() { return Answerer({.definitions = R4(), .read_file = Folder}); }

// Texts of errors are free to change: kinds and offsets are not.
std::string WithoutMessage(std::string answer) {
  const std::size_t from = answer.find("\"message\":");
  if (!answer.starts_with("{\"error\":") || from == std::string::npos) return answer;
  return answer.erase(from, answer.find("\"offset\":") - from);
}

TEST(Answerer, AnswersEveryLineOfTheTable) {
  std::ifstream file(THROUGHLINE_SOURCE_DIR "/tests/cases/answers/lines.json", std::ios::binary);
  const Result<json::Document> cases = json::ParseDocument(std::string(std::istreambuf_iterator<char>(file), {}));
  ASSERT_TRUE(cases) << cases.error().message;
  Answerer answerer = MakeAnswerer();
  for (int round = 0; round < 2; ++round) {
    for (const json::Value& row : cases->root.items()) {
      const std::string line = json::ToString(row.Get("line"));
      std::string answer;
      const bool good = answerer.AnswerLine(line, answer);
      EXPECT_EQ(WithoutMessage(answer), json::ToString(row.Get("answer"))) << line;
      EXPECT_EQ(good, row.Get("answer").Find("error") == nullptr) << line;
    }
  }
}

TEST(Answerer, SaysWhereALineIsNoJson) {
  Answerer answerer = MakeAnswerer();
  std::string answer;
  EXPECT_FALSE(answerer.AnswerLine(R"({"expression":"secret" "x"})", answer));
  EXPECT_EQ(answer.find("secret"), std::string::npos);
  EXPECT_NE(answer.find(R"("kind":"execution")"), std::string::npos) << answer;
  EXPECT_NE(answer.find(R"("offset":23)"), std::string::npos) << answer;
}

TEST(Explain, PrintsTheTree) {
  std::string out;
  EXPECT_TRUE(Explain("Patient.name.where(use = 'official').given[0] is System.String", R4(), {}, out));
  EXPECT_EQ(out,
            "is System.String : System.Boolean @46\n"
            "  index [] : string @42\n"
            "    member given : string @37\n"
            "      call where : HumanName @13\n"
            "        member name : HumanName @8\n"
            "          type Patient : Patient @0\n"
            "        operator = : System.Boolean @23\n"
            "          member use : code @19\n"
            "          literal 'official' : System.String @25\n"
            "    literal 0 : System.Integer @43\n");
  out.clear();
  EXPECT_TRUE(Explain("{} | 2 'mg' | birthDate.ofType(date) | -%x.$this", R4(), {}, out)) << out;
  EXPECT_NE(out.find("call ofType date : date @"), std::string::npos) << out;
  out.clear();
  EXPECT_FALSE(Explain("1 +", R4(), {}, out));
  EXPECT_EQ(out.substr(0, 26), R"({"error":{"kind":"syntax",)");
}

TEST(Reference, IsThePageOfTheDocumentation) {
  const std::string path = THROUGHLINE_SOURCE_DIR "/docs/fhirpath.md";
  if (std::getenv("THROUGHLINE_WRITE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << Reference();
  std::ifstream file(path, std::ios::binary);
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(page, Reference()) << "write it with THROUGHLINE_WRITE_GOLDEN=1";
}

TEST(Reference, HasEveryFunctionAndOperator) {
  const std::string page = Reference();
  for (const path::FunctionRow& row : path::Functions()) {
    EXPECT_NE(page.find("| `" + std::string(row.name) + "("), std::string::npos) << row.name;
    EXPECT_FALSE(row.summary.empty() || row.section.url.empty()) << row.name;
  }
}

}  // namespace
}  // namespace throughline::answers
