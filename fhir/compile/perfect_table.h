// Builds the "hash and displace" tables of blob.h.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/definitions/blob.h"

namespace throughline::compile {

namespace blob = definitions::blob;

struct PerfectTable {
  std::vector<std::uint32_t> seeds;
  std::vector<std::uint32_t> slots;  // row of the key, or blob::kNone
};

struct KeyedRow {
  std::uint64_t hash = 0;
  std::uint32_t row = 0;
};

// kInvalid when two keys have the same hash.
Result<PerfectTable> BuildPerfectTable(std::span<const KeyedRow> rows);

}  // namespace throughline::compile
