// docs/conformance.md: made of page.md (the words), the suites' figures, and misses/*.json (why a case is missed).
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/conformance/suite.h"

namespace throughline::conformance {

// A case that is missed for a good reason: a row of misses/<suite>.json.
struct Explained {
  std::string name;  // as the suite's misses begin, up to the colon
  std::string why;
  std::string source;  // the address of what says so
};
std::vector<Explained> ExplainedMisses(std::string_view suite);

// Misses that no row explains, and rows whose case is not missed.
struct Judgement {
  std::vector<std::string> unexplained;
  std::vector<std::string> stale;
};
Judgement Judge(std::string_view suite, const std::vector<std::string>& misses);

using Scores = std::map<std::string, Score, std::less<>>;

// The page with these figures; suites without one are left out.
std::string ComposePage(const Scores& scores);
std::string PageAsItStands();
// The figures that the page shows.
Scores ScoresOf(std::string_view page);
bool WritePage(std::string_view page);

}  // namespace throughline::conformance
