// Case files of tests/data/mappings: sections "--- name" with text below, one of them `map.yaml`.
// THROUGHLINE_GOLDEN=1 writes the answers anew; look at the difference before it is committed.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "mappings/language/load_map.h"
#include "tests/unit/mappings/support.h"

namespace throughline {

using Sections = std::vector<std::pair<std::string, std::string>>;

// The case files of a folder of tests/data/mappings.
inline std::vector<std::string> CaseFiles(std::string_view folder) {
  const std::string path = std::string(THROUGHLINE_SOURCE_DIR) + "/tests/data/mappings/" + std::string(folder);
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) files.push_back(entry.path().string());
  std::ranges::sort(files);
  return files;
}

inline Sections ReadCase(const std::string& path) {
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

inline std::string* Section(Sections& sections, std::string_view name) {
  const auto found = std::ranges::find(sections, name, &Sections::value_type::first);
  return found == sections.end() ? nullptr : &found->second;
}

class CaseFile : public testing::TestWithParam<std::string> {
 protected:
  CaseFile() : sections_(ReadCase(GetParam())) {}

  Result<plan::Map> Load() {
    return language::LoadMap(
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

inline const auto kCaseName = [](const auto& given) {
  std::string name = std::filesystem::path(given.param).stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
};

}  // namespace throughline
