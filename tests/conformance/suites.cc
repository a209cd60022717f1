#include <array>

#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

constexpr std::array kSuites = {
    Suite{"json-test-suite", 318, JsonTestSuite},
    Suite{"r4-definitions", 11153, R4Definitions},
    Suite{"r4-structure-definitions", 649, R4StructureDefinitions},
    Suite{"r4-search-parameters", 1375, R4SearchParameters},
    Suite{"r4-compartments", 5, R4Compartments},
    Suite{"r4-value-sets", 1316, R4ValueSets},
    Suite{"r4-code-systems", 1062, R4CodeSystems},
    Suite{"r4-snapshots", 5209, SnapshotsOfR4},
    Suite{"us-core-snapshots", 1404, SnapshotsOfUsCore},
    Suite{"r4-examples", 422, R4Examples},
    Suite{"r4-examples-valid", 418, R4ExamplesValid},
    Suite{"validator-core", 70, ValidatorCore},
    Suite{"validator-questionnaire", 35, ValidatorQuestionnaire},
    Suite{"validator-profiles", 17, ValidatorProfiles},
    Suite{"us-core", 212, UsCore},
    Suite{"synthea-valid", 43081, SyntheaValid},
    Suite{"primitives", 84, Primitives},
    Suite{"fhirpath-official", 635, FhirpathOfficial},
    Suite{"fhirpath-implementers", 769, FhirpathImplementers},
    Suite{"r4-search-expressions", 1381, R4SearchExpressions},
    Suite{"r4-invariants", 242, R4Invariants},
    Suite{"r4-expansions", 256, R4Expansions},
    Suite{"search-values", 225, SearchValues},
    Suite{"search-rows", 3721, SearchRows},
};

}  // namespace

std::span<const Suite> Suites() { return kSuites; }

}  // namespace throughline::conformance
