// The laws of a map, tested on its samples and on records made from its own schema.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fhir/base/id_source.h"
#include "mappings/language/load_map.h"
#include "mappings/plan/map.h"

namespace throughline::review {

struct TestOptions {
  std::size_t generate = 0;  // records to make besides the samples
  std::uint64_t seed = 1;    // the same seed makes the same records
  bool first_only = false;   // stop at the first failure, and do not look for its smallest record
};

struct LawFailure {
  std::string law;  // "local-fhir-local", "fhir-local-fhir", "same-twice", "valid", "complement", "edited", "expected",
                    // or a golden file
  std::string record;  // "samples/discharge.json[3]" or "generated[17] of seed 1"
  std::string path;    // first place that differs, a JSON pointer
  std::string text;
  std::string smallest;    // generated records only: the smallest record that still fails in the same way, as JSON
  bool generated = false;  // of a generated record
  std::size_t more = 0;    // generated records that fail in the same way and are not listed
};

struct TestReport {
  std::size_t samples = 0;  // records read from samples
  std::size_t generated = 0;
  std::size_t passed = 0;  // records for which every law held
  std::size_t files = 0;   // expected files of which what was made differs
  std::vector<LawFailure> failures;
  bool ok() const { return failures.empty(); }
};

// Tests `map` by its own `tests:` list and by generated records. `read` reads the files it names (paths beside the
// map). kNotFound and kin: a file could not be read.
Result<TestReport> TestMap(const plan::Map& map, const language::FileReader& read,
                           const definitions::Definitions& definitions, const IdSource& ids,
                           const TestOptions& options);

std::string TestReportText(const plan::Map& map, const TestReport& report);
std::string TestReportJson(const plan::Map& map, const TestReport& report);

// The bundles that the map makes of a sample file, as `expected/*.ndjson` holds them.
Result<std::string> RunToFhir(const plan::Map& map, std::string_view file, const IdSource& ids);

}  // namespace throughline::review
