// Lays rows out as a blob: pooled text, sections, perfect tables.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/compile/perfect_table.h"

namespace throughline::compile {

class Writer {
 public:
  // The same text is kept once.
  blob::Text Intern(std::string_view text);

  // Adds a row; its index in the section.
  template <typename Row>
  std::uint32_t Append(blob::Section section, const Row& row) {
    static_assert(std::has_unique_object_representations_v<Row>, "padding would make the bytes differ");
    const std::uint32_t index = CountOf(section);
    sections_[section].append(reinterpret_cast<const char*>(&row), sizeof row);
    return index;
  }

  // Rows of a section so far.
  std::uint32_t CountOf(blob::Section section) const {
    return static_cast<std::uint32_t>(sections_[section].size() / blob::kRowSize[section]);
  }

  // Adds a run of rows that stand side by side; the index of the first. The same run is kept once.
  template <typename Row>
  std::uint32_t AppendRun(blob::Section section, std::span<const Row> rows) {
    static_assert(std::has_unique_object_representations_v<Row>, "padding would make the bytes differ");
    return AppendRunBytes(section, {reinterpret_cast<const char*>(rows.data()), rows.size_bytes()});
  }

  // `row` is found under `hash` in the table whose seeds are the section `seeds` (its slots are the next section).
  void AddKey(blob::Section seeds, std::uint64_t hash, std::uint32_t row) { keys_[seeds].push_back({hash, row}); }

  // The whole blob; what `header` says beside its sections is kept. kInvalid when two keys of a table are the same
  // (definitions-hash), or when it grows beyond what offsets reach (definitions-size).
  Result<std::string> Finish(const blob::Header& header,
                             std::size_t most_bytes = std::numeric_limits<std::uint32_t>::max());

 private:
  std::uint32_t AppendRunBytes(blob::Section section, std::string_view bytes);
  Result<void> AddTables();
  Result<std::string> Assemble(blob::Header header, std::size_t most_bytes) const;

  std::unordered_map<std::string, std::uint32_t> offsets_;
  std::array<std::string, blob::kSectionCount> sections_;
  std::array<std::unordered_map<std::string, std::uint32_t>, blob::kSectionCount> runs_;
  std::map<blob::Section, std::vector<KeyedRow>> keys_;
};

}  // namespace throughline::compile
