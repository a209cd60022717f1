// Case files of tests/data/mappings/engine: sections "--- name" with text below.
//   refuse/*: map.yaml and its tables -> `error`, what `map check` prints.
//   run/*: map.yaml, `record` -> `fhir` (a resource a line), `issues`, `ledger`; the way back gives the record again,
//   or what `local` says; with `given` (resources a line) only the way back is run.
// THROUGHLINE_GOLDEN=1 writes the answers anew; look at the difference before it is committed.
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
#include "tests/unit/mappings/engine/support.h"

namespace throughline::engine {
namespace {

using Sections = std::vector<std::pair<std::string, std::string>>;

std::string Folder(std::string_view kind) {
  return std::string(THROUGHLINE_SOURCE_DIR) + "/tests/data/mappings/engine/" + std::string(kind);
}

std::vector<std::string> Files(std::string_view kind) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(Folder(kind))) files.push_back(entry.path().string());
  std::ranges::sort(files);
  return files;
}

Sections ReadCase(const std::string& path) {
  Sections sections;
  std::istringstream lines(ReadWholeFile(path));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("--- ")) {
      sections.emplace_back(line.substr(4), "");
    } else if (!sections.empty()) {
      sections.back().second += line + "\n";
    }
  }
  return sections;
}

std::string* Section(Sections& sections, std::string_view name) {
  const auto found = std::ranges::find(sections, name, &Sections::value_type::first);
  return found == sections.end() ? nullptr : &found->second;
}

class CaseFile : public testing::TestWithParam<std::string> {
 protected:
  CaseFile() : sections_(ReadCase(GetParam())) {}

  Result<Map> Load() {
    return LoadMap(
        "map.yaml",
        [this](std::string_view name) -> Result<std::string> {
          const std::string* text = Section(sections_, name);
          if (text == nullptr) return MakeError(ErrorKind::kNotFound, "file", "no such file");
          return *text;
        },
        definitions::R4());
  }

  void Expect(std::string_view name, const std::string& got) {
    std::string* wanted = Section(sections_, name);
    if (golden_) {
      if (wanted != nullptr) *wanted = got;
      if (wanted == nullptr && !got.empty()) sections_.emplace_back(name, got);
      return;
    }
    EXPECT_EQ(got, wanted == nullptr ? "" : *wanted) << name;
  }

  void TearDown() override {
    if (!golden_) return;
    std::ofstream file(GetParam(), std::ios::binary);
    for (const auto& [name, text] : sections_) file << "--- " << name << "\n" << text;
  }

  const bool golden_ = std::getenv("THROUGHLINE_GOLDEN") != nullptr;
  Sections sections_;
  TestIds ids_;
};

std::string IssueLines(const Issues& issues) {
  std::string lines;
  for (const Issue& issue : issues) {
    lines += std::string(CodeOf(issue.severity)) + " " + issue.rule + " " + issue.location + " " + issue.expression +
             ": " + issue.text + "\n";
  }
  return lines;
}

class Refuse : public CaseFile {};

TEST_P(Refuse, SaysAllThatIsWrong) {
  const auto map = Load();
  ASSERT_FALSE(map) << CheckReportText(*map);
  EXPECT_EQ(map.error().kind, ErrorKind::kInvalid);
  Expect("error", MapErrorText(map.error()));
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

const auto kName = [](const auto& given) {
  std::string name = std::filesystem::path(given.param).stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
};
INSTANTIATE_TEST_SUITE_P(Maps, Refuse, testing::ValuesIn(Files("refuse")), kName);
INSTANTIATE_TEST_SUITE_P(Records, Run, testing::ValuesIn(Files("run")), kName);

}  // namespace
}  // namespace throughline::engine
