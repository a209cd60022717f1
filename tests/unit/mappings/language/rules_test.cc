// The rules that maps, records and files can break: each stands in a table of docs/mapping.md and in a case that breaks
// it, and nothing else does.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/mappings/support.h"

namespace throughline::language {
namespace {

using Names = std::set<std::string>;

bool IsOfName(char byte) { return (byte >= 'a' && byte <= 'z') || byte == '-'; }

// Words of the form map-x and record-x between two `sign`s; 0: between any that are not part of such a word.
void Find(std::string_view text, char sign, Names& names) {
  for (const std::string_view start : {"map-", "record-"}) {
    for (std::size_t at = text.find(start); at != std::string_view::npos; at = text.find(start, at + 1)) {
      std::size_t end = at;
      while (end < text.size() && IsOfName(text[end])) ++end;
      if (at == 0 || end == text.size()) continue;
      const bool stands = sign == 0 ? !IsOfName(text[at - 1]) : text[at - 1] == sign && text[end] == sign;
      if (stands) names.emplace(text.substr(at, end - at));
    }
  }
}

std::string Path(std::string_view below) { return std::string(THROUGHLINE_SOURCE_DIR) + "/" + std::string(below); }

std::vector<std::string> FilesBelow(std::string_view folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(Path(folder))) {
    if (entry.is_regular_file()) files.push_back(entry.path().string());
  }
  return files;
}

Names InCode() {
  Names names;
  for (const std::string_view folder :
       {"mappings/plan", "mappings/engine", "mappings/language", "mappings/review", "mappings/formats"}) {
    for (const std::string& file : FilesBelow(folder)) Find(ReadWholeFile(file), '"', names);
  }
  return names;
}

Names InDocs() {
  Names names;
  std::istringstream lines(ReadWholeFile(Path("docs/mapping.md")));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| `")) Find(line, '`', names);
  }
  return names;
}

Names InCases() {
  Names names;
  for (const std::string_view folder : {"tests/data/mappings", "mappings/library", "tests/unit/mappings"}) {
    for (const std::string& file : FilesBelow(folder)) {
      if (file.ends_with("rules_test.cc")) continue;
      Find(ReadWholeFile(file), 0, names);
    }
  }
  return names;
}

std::string Without(const Names& names, const Names& others) {
  std::string missing;
  for (const std::string& name : names) {
    if (!others.contains(name)) missing += name + "\n";
  }
  return missing;
}

TEST(Rules, StandInTheTablesOfTheDocs) {
  EXPECT_EQ(Without(InCode(), InDocs()), "");
  EXPECT_EQ(Without(InDocs(), InCode()), "");
}

TEST(Rules, AreEachBrokenByACase) {
  const Names code = InCode();
  EXPECT_GT(code.size(), 60u);
  EXPECT_EQ(Without(code, InCases()), "");
}

}  // namespace
}  // namespace throughline::language
