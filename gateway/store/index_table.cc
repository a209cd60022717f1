#include "gateway/store/index_table.h"

namespace throughline::store {
namespace {

template <typename... Values>
Cells Made(const Values&... values) {
  return Cells{{Cell(values)...}, sizeof...(values)};
}

template <typename Value>
const Value& As(const search::IndexRow& row) {
  return *std::get_if<Value>(&row.value);
}

using View = std::string_view;

Cells TokenCells(const search::IndexRow& row) {
  const auto& token = As<search::Token>(row);
  return Made(View(token.folded), View(token.system), std::int64_t{token.implied});
}

Cells ReferenceCells(const search::IndexRow& row) {
  const auto& reference = As<search::Reference>(row);
  return Made(View(reference.id), View(reference.type), View(reference.url), View(reference.version));
}

Cells DateCells(const search::IndexRow& row) {
  const auto& span = As<search::DateSpan>(row);
  return Made(ToColumn(span.start), ToColumn(span.end));
}

Cells StringCells(const search::IndexRow& row) {
  const auto& string = As<search::String>(row);
  return Made(View(string.folded), View(string.value));
}

Cells UriCells(const search::IndexRow& row) { return Made(View(As<search::Uri>(row).value)); }

Cells NumberCells(const search::IndexRow& row) {
  const auto& number = As<search::Number>(row);
  return Made(View(number.low), View(number.high));
}

Cells QuantityCells(const search::IndexRow& row) {
  const auto& quantity = As<search::Quantity>(row);
  return Made(View(quantity.number.low), View(quantity.number.high), View(quantity.system), View(quantity.code),
              View(quantity.unit), std::int64_t{quantity.canonical});
}

constexpr std::array kTables = {
    IndexTable{"index_token", {"folded", "system", "implied"}, TokenCells},
    IndexTable{"index_reference", {"target_id", "target_type", "url", "version"}, ReferenceCells},
    IndexTable{"index_date", {"start_at", "end_at"}, DateCells},
    IndexTable{"index_string", {"folded", "value"}, StringCells},
    IndexTable{"index_uri", {"value"}, UriCells},
    IndexTable{"index_number", {"low", "high"}, NumberCells},
    IndexTable{"index_quantity", {"low", "high", "system", "code", "unit", "canonical"}, QuantityCells},
};
static_assert(kTables.size() + 1 == std::variant_size_v<decltype(search::IndexRow::value)>);

IndexStatements StatementsOf(const IndexTable& table) {
  std::string columns;
  std::string values;
  for (std::size_t i = 0; i < kMaxCells && !table.columns[i].empty(); ++i) {
    columns += ", " + std::string(table.columns[i]);
    values += ", $c" + std::to_string(i);
  }
  const std::string name(table.name);
  return {"INSERT INTO " + name + " (rid, parameter, compartment" + columns +
              ") VALUES ($rid, $parameter, $compartment" + values + ") ON CONFLICT DO NOTHING",
          "DELETE FROM " + name + " WHERE rid = $rid"};
}

std::vector<IndexStatements> AllStatements() {
  std::vector<IndexStatements> all;
  for (const IndexTable& table : kTables) all.push_back(StatementsOf(table));
  return all;
}

}  // namespace

std::span<const IndexTable> IndexTables() { return kTables; }

const IndexTable& TableOf(const search::IndexRow& row) { return kTables[row.value.index()]; }

std::int64_t ToColumn(Instant instant) { return instant.time_since_epoch().count(); }

Instant FromColumn(std::int64_t microseconds) { return Instant(std::chrono::microseconds(microseconds)); }

const std::vector<IndexStatements>& StatementsOfIndex() {
  static const std::vector<IndexStatements> kAll = AllStatements();
  return kAll;
}

}  // namespace throughline::store
