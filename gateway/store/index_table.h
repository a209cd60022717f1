// The index tables as rows of a table: which kind of value stands where.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fhir/search/index_row.h"

namespace throughline::store {

using Cell = std::variant<std::int64_t, std::string_view>;
inline constexpr std::size_t kMaxCells = 6;

// What one index row is stored as, beside rid, parameter and compartment.
struct Cells {
  std::array<Cell, kMaxCells> values;
  std::size_t count = 0;
};

struct IndexTable {
  std::string_view name;
  std::array<std::string_view, kMaxCells> columns;  // the cells' columns; empty ones at the end
  Cells (*cells)(const search::IndexRow& row);      // views into `row`
};

// In the order of the alternatives of IndexRow::value, but for composite rows, which come as rows of these (see
// store/composite.h).
std::span<const IndexTable> IndexTables();
const IndexTable& TableOf(const search::IndexRow& row);

// Microseconds since 1970, as times stand in the database.
std::int64_t ToColumn(Instant instant);
Instant FromColumn(std::int64_t microseconds);

// Statements over one table, made once from its columns.
struct IndexStatements {
  std::string insert;  // $rid $parameter $compartment $c0 $c1 ...
  std::string remove;  // $rid
};
// One for each table, in the same order.
const std::vector<IndexStatements>& StatementsOfIndex();

}  // namespace throughline::store
