// Each entry of a shipped map and of its code tables is taken away or made another, one at a time: `map check` or
// `map test` must notice. Those that nothing notices stand in docs/mutation.md, each with its reason.
//   THROUGHLINE_MUTANTS=all tries every one; otherwise a part of them, spread over all, is tried.
// A `*` in the page stands for any text.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

#include "mappings/language/load_map.h"
#include "mappings/review/laws.h"
#include "tests/unit/mappings/library/mutants.h"
#include "tests/unit/mappings/support.h"

namespace throughline::library {
namespace {

using Files = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t kPart = 61;      // every so many-th is tried in the short form
constexpr std::size_t kGenerated = 6;  // records made for each
constexpr double kLeast = 0.95;        // of all, that must be noticed
constexpr unsigned kThreads = 2;

Files ReadLibrary(const std::string& name) {
  const std::filesystem::path folder = std::string(THROUGHLINE_SOURCE_DIR) + "/mappings/library/" + name;
  Files files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files[entry.path().lexically_relative(folder).generic_string()] = ReadWholeFile(entry.path().string());
  }
  return files;
}

enum class Answer { kRefused, kNoticed, kMissed };

class Library {
 public:
  explicit Library(Files files) : files_(std::move(files)) {}

  // `changed` stands in the place of the file of its name.
  Answer Try(const std::string& changed, const std::string& text) const {
    const language::FileReader read = [&](std::string_view path) -> Result<std::string> {
      if (path == changed) return text;
      const auto found = files_.find(path);
      if (found == files_.end()) return MakeError(ErrorKind::kNotFound, "file", "no such file");
      return found->second;
    };
    const auto map = language::LoadMap("map.yaml", read, definitions::R4());
    if (!map || !map->warnings().empty()) return Answer::kRefused;
    const auto report =
        review::TestMap(*map, read, definitions::R4(), ids_, {.generate = kGenerated, .seed = 1, .first_only = true});
    return report && report->ok() ? Answer::kMissed : Answer::kNoticed;
  }

  const Files& files() const { return files_; }

 private:
  Files files_;
  TestIds ids_;
};

// Mutants of which the first sound one counts.
using Group = std::vector<Mutant>;

std::vector<Group> GroupsOf(const Files& files) {
  std::vector<Group> groups;
  for (const auto& [name, text] : files) {
    const bool table = name.starts_with("codes/") && name.ends_with(".csv");
    if (name != "map.yaml" && !table) continue;
    std::map<std::size_t, Group> chosen;
    for (Mutant& mutant : table ? MutantsOfTable(name, text) : MutantsOfMap(text))
      chosen[mutant.choice].push_back(std::move(mutant));
    for (auto& [choice, group] : chosen) groups.push_back(std::move(group));
  }
  return groups;
}

// "codes/sex.csv: M / code: 'male' -> 'malex'": what docs/mutation.md calls it.
std::string NameOf(const Mutant& mutant) { return mutant.file + ": " + mutant.entry + ": " + mutant.what; }

// The mutant that nothing noticed; empty when there is none.
std::string Survivor(const Library& library, const Group& group) {
  for (const Mutant& mutant : group) {
    const Answer answer = library.Try(mutant.file, mutant.text);
    if (answer == Answer::kMissed) return NameOf(mutant);
    if (answer == Answer::kNoticed) return "";
  }
  return "";
}

// Rows "| `name` | why |" below the map's heading.
std::set<std::string> Listed(const std::string& map) {
  std::set<std::string> names;
  std::istringstream lines(ReadWholeFile(THROUGHLINE_SOURCE_DIR "/docs/mutation.md"));
  bool here = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) here = line == "## " + map;
    if (!here || !line.starts_with("| `")) continue;
    const std::size_t end = line.find("` | ");
    EXPECT_NE(end, std::string::npos) << line;
    EXPECT_GT(line.size(), end + 8) << "no reason: " << line;
    names.insert(line.substr(3, end - 3));
  }
  return names;
}

// `pattern` with any text for each '*'.
bool Fits(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    return Fits(text, pattern.substr(1)) || (!text.empty() && Fits(text.substr(1), pattern));
  }
  return !text.empty() && text.front() == pattern.front() && Fits(text.substr(1), pattern.substr(1));
}

class Mutation : public testing::TestWithParam<std::string> {};

TEST_P(Mutation, OfAnyEntryIsNoticed) {
  const Library library(ReadLibrary(GetParam()));
  ASSERT_EQ(library.Try("", ""), Answer::kMissed) << "the map itself does not pass";
  const std::set<std::string> listed = Listed(GetParam());
  const std::vector<Group> groups = GroupsOf(library.files());
  ASSERT_GT(groups.size(), 100u);
  const bool all = std::getenv("THROUGHLINE_MUTANTS") != nullptr;
  std::vector<const Group*> tried;
  for (std::size_t i = 0; i < groups.size(); i += all ? 1 : kPart) tried.push_back(&groups[i]);
  std::vector<std::string> answers(tried.size());
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (std::size_t at = next++; at < tried.size(); at = next++) {
        answers[at] = Survivor(library, *tried[at]);
        if (all && !answers[at].empty()) std::printf("%zu: %s\n", at, answers[at].c_str());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> survivors;
  for (const std::string& answer : answers) {
    if (!answer.empty()) survivors.insert(answer);
  }
  for (const std::string& name : survivors) {
    EXPECT_TRUE(std::ranges::any_of(listed, [&](const std::string& pattern) { return Fits(name, pattern); }))
        << "nothing notices this, and docs/mutation.md does not tell why: " << name;
  }
  const double rate = 1.0 - static_cast<double>(survivors.size()) / static_cast<double>(tried.size());
  std::printf("%s: %zu of %zu noticed (%.1f %%)\n", GetParam().c_str(), tried.size() - survivors.size(), tried.size(),
              100 * rate);
  if (!all) return;
  EXPECT_GE(rate, kLeast);
}

INSTANTIATE_TEST_SUITE_P(Maps, Mutation, testing::Values("sta-aurelia-discharge", "ndtms"),
                         [](const auto& given) { return given.param == "ndtms" ? "Ndtms" : "StaAureliaDischarge"; });

}  // namespace
}  // namespace throughline::library
