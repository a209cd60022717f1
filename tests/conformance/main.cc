// throughline_conformance ORACLES [--verbose] [--write] [NAME...]: runs the suites of suites.cc, or those that are
// named, and says where docs/conformance.md shows other figures; --write puts them there. throughline_conformance
// --check-page: is that page what its words, the floors and the reasons for misses make it? Exit 1 when a suite is
// under its floor or the page is not true, 2 when it could not run.
#include <algorithm>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "tests/conformance/page.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

struct Options {
  std::filesystem::path oracles;
  bool verbose = false;
  bool write = false;
  bool check_page = false;
  std::vector<std::string> names;
};

bool IsAsked(const Options& options, const Suite& suite) {
  return options.names.empty() || std::ranges::find(options.names, suite.name) != options.names.end();
}

bool RunSuite(const Options& options, const Suite& suite, Scores& scores) {
  Context context{options.oracles, {}};
  const Score score = suite.run(context);
  scores[std::string(suite.name)] = score;
  std::printf("%s %zu/%zu (floor %zu)\n", std::string(suite.name).c_str(), score.passed, score.total, suite.floor);
  const Judgement judgement = Judge(suite.name, context.misses);
  for (const std::string& name : judgement.stale) {
    std::printf("  explained in misses/%s.json, but not missed: %s\n", std::string(suite.name).c_str(), name.c_str());
  }
  if (options.verbose) {
    for (const std::string& miss : context.misses) {
      const bool unexplained = std::ranges::find(judgement.unexplained, miss) != judgement.unexplained.end();
      std::printf("  missed%s: %s\n", unexplained ? "" : ", explained", miss.c_str());
    }
  }
  std::fflush(stdout);
  return score.passed >= suite.floor;
}

// Where the page shows another figure for the same number of cases it is not true any more. Another number of cases is
// another suite than the one that the page tells of: that is only said.
bool PageIsTrue(const Scores& scores) {
  const Scores shown = ScoresOf(PageAsItStands());
  bool good = true;
  for (const auto& [name, score] : scores) {
    const auto row = shown.find(name);
    const Score told = row == shown.end() ? Score{} : row->second;
    if (told.passed == score.passed && told.total == score.total) continue;
    std::printf("docs/conformance.md shows %zu of %zu for %s\n", told.passed, told.total, name.c_str());
    good = good && told.total != score.total;
  }
  if (!good) std::puts("docs/conformance.md is not true any more: `./dev conformance --write`");
  return good;
}

int CheckPage() {
  const std::string page = PageAsItStands();
  if (ComposePage(ScoresOf(page)) == page) return 0;
  std::fputs("docs/conformance.md is not what page.md, the floors and misses/ make it: `./dev conformance --write`\n",
             stderr);
  return 1;
}

// Figures of suites that did not run stay as they are.
bool Write(const Scores& scores) {
  Scores all = ScoresOf(PageAsItStands());
  for (const auto& [name, score] : scores) all[name] = score;
  return WritePage(ComposePage(all));
}

int RunSuites(const Options& options) {
  const auto unknown = std::ranges::find_if(options.names, [](const std::string& name) {
    return std::ranges::find(Suites(), name, &Suite::name) == Suites().end();
  });
  if (unknown != options.names.end() || !std::filesystem::is_directory(options.oracles)) {
    std::fputs("usage: throughline_conformance ORACLES [--verbose] [--write] [NAME...] | --check-page\nsuites:\n",
               stderr);
    for (const Suite& suite : Suites()) {
      std::fprintf(stderr, "  %s\n", std::string(suite.name).c_str());
    }
    return 2;
  }
  Scores scores;
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const Suite& suite : Suites()) {
    if (IsAsked(options, suite)) {
      ++(RunSuite(options, suite, scores) ? passed : failed);
    }
  }
  if (options.write ? !Write(scores) : !PageIsTrue(scores)) ++failed;
  std::printf("conformance: %zu passed, %zu failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}

Options ReadOptions(std::span<char*> arguments) {
  Options options;
  for (const std::string argument : arguments) {
    if (argument == "--verbose") {
      options.verbose = true;
    } else if (argument == "--write") {
      options.write = true;
    } else if (argument == "--check-page") {
      options.check_page = true;
    } else if (options.oracles.empty()) {
      options.oracles = argument;
    } else {
      options.names.push_back(argument);
    }
  }
  return options;
}

}  // namespace
}  // namespace throughline::conformance

int main(int argc, char** argv) {
  using namespace throughline::conformance;
  const Options options = ReadOptions({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)});
  return options.check_page ? CheckPage() : RunSuites(options);
}
