// throughline_conformance ORACLES [--verbose] [NAME...]: runs the suites of suites.cc, or those that are named.
// Exit 1 when one is under its floor, 2 when it could not run.
#include <algorithm>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

struct Options {
  std::filesystem::path oracles;
  bool verbose = false;
  std::vector<std::string> names;
};

bool IsAsked(const Options& options, const Suite& suite) {
  return options.names.empty() || std::ranges::find(options.names, suite.name) != options.names.end();
}

bool RunSuite(const Options& options, const Suite& suite) {
  Context context{options.oracles, {}};
  const Score score = suite.run(context);
  std::printf("%s %zu/%zu (floor %zu)\n", std::string(suite.name).c_str(), score.passed, score.total, suite.floor);
  if (options.verbose) {
    for (const std::string& miss : context.misses) {
      std::printf("  missed: %s\n", miss.c_str());
    }
  }
  std::fflush(stdout);
  return score.passed >= suite.floor;
}

int RunSuites(const Options& options) {
  const auto unknown = std::ranges::find_if(options.names, [](const std::string& name) {
    return std::ranges::find(Suites(), name, &Suite::name) == Suites().end();
  });
  if (unknown != options.names.end() || !std::filesystem::is_directory(options.oracles)) {
    std::fputs("usage: throughline_conformance ORACLES [--verbose] [NAME...]\nsuites:\n", stderr);
    for (const Suite& suite : Suites()) {
      std::fprintf(stderr, "  %s\n", std::string(suite.name).c_str());
    }
    return 2;
  }
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const Suite& suite : Suites()) {
    if (IsAsked(options, suite)) {
      ++(RunSuite(options, suite) ? passed : failed);
    }
  }
  std::printf("conformance: %zu passed, %zu failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}

Options ReadOptions(std::span<char*> arguments) {
  Options options;
  for (const std::string argument : arguments) {
    if (argument == "--verbose") {
      options.verbose = true;
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
  return RunSuites(ReadOptions({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)}));
}
