// A map that was loaded: what the rooms above are handed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/error.h"
#include "mappings/formats/record_format.h"

namespace throughline::plan {

struct Plan;

// What becomes of a local field on the way to FHIR and back.
enum class Grade : std::uint8_t {
  kExact,
  kExactLocalKept,  // exact because the local code travels too
  kLossy,
  kOneWay,
  kDropped,
};
std::string_view CodeOf(Grade grade);  // "exact", "exact, local code kept", "lossy", "one-way", "dropped"

struct FieldGrade {
  std::string field;   // "aftercare.barriers.*.code"; empty: an element that an expression over the record writes
  std::string target;  // "barrier.code"; empty when dropped
  Grade grade = Grade::kExact;
  std::string why;  // for lossy, one-way and dropped
  std::size_t line = 0;
  std::string file = {};  // that the map extends; empty: the map's own
};

// What a file beside the map can hold of a sample.
enum class GoldenKind : std::uint8_t {
  kResources,      // what `map run --to fhir` writes
  kBack,           // the local file that comes back
  kStandardCodes,  // the one that comes back when only standard codes stand in the resources
  kFindings,       // what is found in its records
  kLedger,
  kReport,  // what `map check` prints
};

// The word of `tests` that names the file of a kind ("expect", "back", ...).
std::string_view CodeOf(GoldenKind kind);
// The kind that a word of `tests` stands for; false: it is another word.
bool GoldenKindFrom(std::string_view word, GoldenKind& kind);

struct GoldenFile {
  GoldenKind kind = GoldenKind::kResources;
  std::string file;
};

// How much a code table can say.
struct TableCoverage {
  std::string table;
  std::size_t codes = 0;      // local ones
  std::size_t standard = 0;   // of them: with a code of FHIR
  std::string set = {};       // value set that R4 binds the table's element to, when its codes can be listed
  std::size_t set_codes = 0;  // in it
  std::size_t back = 0;       // of them: that lead back to a local code
  std::string kinds = {};     // of its rows: "3 equal, 1 wider"
};

// Warnings that were looked at and are meant.
struct AcceptedWarnings {
  std::string rule;
  std::string at;  // as the map says; empty: anywhere
  std::string why;
  std::size_t count = 0;
};

struct MapTest {
  std::string given;  // paths beside the map
  std::vector<GoldenFile> goldens;
  bool exact = true;
  std::vector<std::uint64_t> refused;  // places of records that are kept aside
};

// A loaded map; immutable, safe from several threads.
class Map {
 public:
  explicit Map(std::unique_ptr<const Plan> plan);
  Map(Map&&) noexcept;
  Map& operator=(Map&&) noexcept;
  ~Map();

  std::string_view name() const;  // "sta-aurelia-discharge"
  std::string_view version() const;
  std::string_view title() const;
  std::string_view path() const;  // as language::LoadMap was told
  const formats::RecordFormat& format() const;
  std::span<const FieldGrade> grades() const;
  std::span<const TableCoverage> coverage() const;  // a row a code table, in the order of the map
  std::span<const MapTest> tests() const;
  const Issues& warnings() const;  // findings that do not stop the map, but for those that it accepts
  std::span<const AcceptedWarnings> accepted() const;
  // Other records make this resource too (its name in the map, or its place: "barrier[0]").
  bool IsShared(std::string_view place) const;
  const Plan& plan() const { return *plan_; }  // for mappings/ only

 private:
  std::unique_ptr<const Plan> plan_;
};

}  // namespace throughline::plan
