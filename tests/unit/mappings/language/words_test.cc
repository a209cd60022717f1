// The tables of docs/mapping.md name exactly the words that the binder knows.
#include "mappings/language/words.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "tests/unit/mappings/support.h"

namespace throughline::language {
namespace {

using Names = std::set<std::string>;

// What stands in backticks in the first column of the first table below a heading.
Names WordsInTableBelow(const std::string& heading) {
  std::istringstream lines(ReadWholeFile(THROUGHLINE_SOURCE_DIR "/docs/mapping.md"));
  Names names;
  bool here = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#")) here = line == heading;
    if (here && !names.empty() && !line.starts_with("|")) break;
    if (!here || !line.starts_with("| `")) continue;
    std::istringstream cell(line.substr(1, line.find('|', 1) - 1));
    for (std::string name; std::getline(cell, name, '`') && std::getline(cell, name, '`');) names.insert(name);
  }
  return names;
}

Names NamesAt(Place place) {
  const auto names = NamesOf(place);
  return {names.begin(), names.end()};
}

TEST(Words, OfEveryPlaceAreInThePagesTables) {
  EXPECT_EQ(WordsInTableBelow("## The file"), NamesAt(Place::kMap));
  EXPECT_EQ(WordsInTableBelow("## `fields`"), NamesAt(Place::kField));
  EXPECT_EQ(WordsInTableBelow("## `resources`"), NamesAt(Place::kResource));
  EXPECT_EQ(WordsInTableBelow("### Derived values"), NamesAt(Place::kDerived));
  EXPECT_EQ(WordsInTableBelow("### Tests"), NamesAt(Place::kTest));
  Names local = WordsInTableBelow("## `local`");
  local.merge(WordsInTableBelow("## CSV"));
  EXPECT_EQ(local, NamesAt(Place::kLocal));
}

TEST(Words, StandOnceInTheirPlaceAndAreExplained) {
  for (const PlaceRow& row : kPlaces) {
    EXPECT_EQ(NamesAt(row.place).size(), row.words.size()) << row.name;
    for (const Word& word : row.words) {
      EXPECT_TRUE(word.summary.ends_with(".") || word.summary.ends_with("`.")) << row.name << ": " << word.name;
      EXPECT_TRUE(word.with.empty() || FindWord(row.place, word.with) != nullptr) << word.name;
    }
  }
}

}  // namespace
}  // namespace throughline::language
