// A suite judges the rooms by files that nobody here wrote. One .cc file a suite, one row in kSuites (suites.cc).
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace throughline::conformance {

struct Score {
  std::size_t passed = 0;
  std::size_t total = 0;
};

// What a suite is given, and where it says what it missed.
struct Context {
  std::filesystem::path oracles;    // the folder of all suites
  std::vector<std::string> misses;  // a line each, printed with --verbose: "n_structure_x.json: accepted"

  // Counts one case, and keeps `what` when it failed.
  void Count(Score& score, bool passed, std::string_view what);
};

using Run = Score (*)(Context&);

struct Suite {
  std::string_view name;  // "json-test-suite"
  std::size_t floor;      // fewer passed than this fails the run
  Run run;
};

// All of them, in the order they run (suites.cc).
std::span<const Suite> Suites();

// The bytes of a file; empty when it cannot be read.
std::string ReadFile(const std::filesystem::path& path);
// The files of a folder whose names end in `suffix`, sorted by name.
std::vector<std::filesystem::path> FilesIn(const std::filesystem::path& folder, std::string_view suffix);

// The suites, each in the file of its name; r4_examples.cc has two, fhirpath.cc three.
Score JsonTestSuite(Context& context);
Score R4Examples(Context& context);
Score R4ExamplesValid(Context& context);
Score R4Definitions(Context& context);
Score R4StructureDefinitions(Context& context);
Score R4SearchParameters(Context& context);
Score R4Compartments(Context& context);
Score R4ValueSets(Context& context);
Score R4CodeSystems(Context& context);
Score SnapshotsOfR4(Context& context);
Score SnapshotsOfUsCore(Context& context);
Score Primitives(Context& context);
Score FhirpathOfficial(Context& context);
Score FhirpathImplementers(Context& context);
Score R4SearchExpressions(Context& context);
Score R4Invariants(Context& context);
Score ValidatorCore(Context& context);
Score ValidatorQuestionnaire(Context& context);
Score ValidatorProfiles(Context& context);
Score UsCore(Context& context);
Score SyntheaValid(Context& context);
Score R4Expansions(Context& context);
Score SearchValues(Context& context);
Score SearchRows(Context& context);

}  // namespace throughline::conformance
