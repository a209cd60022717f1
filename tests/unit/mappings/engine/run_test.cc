// The case files of tests/data/mappings/engine/run (case_file.h): map.yaml, `record` -> `fhir` (a resource a line),
// `issues`, `ledger`; the way back gives the record again, or what `local` says; with `given` (resources a line) only
// the way back is run.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "fhir/validate/validate.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/engine/to_local.h"
#include "mappings/language/error_report.h"
#include "mappings/review/check_report.h"
#include "tests/unit/mappings/case_file.h"

namespace throughline::engine {
namespace {

using language::MapErrorText;
using plan::Map;
using review::CheckReportText;

std::string IssueLines(const Issues& issues) {
  std::string lines;
  for (const Issue& issue : issues) {
    lines += std::string(CodeOf(issue.severity)) + " " + issue.rule + " " + issue.location + " " + issue.expression +
             ": " + issue.text + "\n";
  }
  return lines;
}

class Run : public CaseFile {
 protected:
  void CheckBack(const Map& map, const std::vector<SourceResource>& sources, const json::Value* record,
                 json::Arena& arena) {
    const Unmapped back = ToLocal(map, sources, arena);
    std::string ledger;
    AppendLedgerLines(back.key, back.ledger, ledger);
    Expect("ledger back", ledger);
    const std::string text = json::ToString(back.record) + "\n";
    if (record == nullptr || Section(sections_, "local") != nullptr) return Expect("local", text);
    EXPECT_TRUE(json::Equal(*record, back.record)) << text;
  }
};

TEST_P(Run, GivesWhatTheCaseSays) {
  const auto map = Load();
  ASSERT_TRUE(map) << MapErrorText(map.error());
  json::Arena arena;
  std::vector<SourceResource> sources;
  if (const std::string* given = Section(sections_, "given")) {
    std::istringstream lines(*given);
    for (std::string line; std::getline(lines, line);) {
      const auto value = json::Parse(line, arena);
      ASSERT_TRUE(value) << line;
      sources.push_back({{}, *value});
    }
    return CheckBack(*map, sources, nullptr, arena);
  }
  if (Section(sections_, "check") != nullptr) Expect("check", CheckReportText(*map));
  const auto record = json::Parse(*Section(sections_, "record"), arena);
  ASSERT_TRUE(record);
  const Mapped mapped = ToFhir(*map, *record, ids_, arena);
  std::string fhir;
  std::string match;
  for (const MappedResource& resource : mapped.resources) {
    match += std::string(resource.match) + "\n";
    fhir += json::ToString(resource.body) + "\n";
    // Codes of the cases are made up.
    EXPECT_EQ(IssueLines(validate::Check(resource.body, definitions::R4(), {.bindings = false})), "");
    sources.push_back({{}, resource.body});
  }
  std::string ledger;
  AppendLedgerLines(mapped.key, mapped.ledger, ledger);
  Expect("fhir", fhir);
  if (Section(sections_, "match") != nullptr) Expect("match", match);
  Expect("issues", IssueLines(mapped.issues));
  Expect("ledger", ledger);
  EXPECT_EQ(mapped.verdict == Verdict::kMapped, !HasErrors(mapped.issues));
  if (mapped.verdict == Verdict::kMapped) CheckBack(*map, sources, &*record, arena);
}

INSTANTIATE_TEST_SUITE_P(Records, Run, testing::ValuesIn(CaseFiles("engine/run")), kCaseName);

}  // namespace
}  // namespace throughline::engine
