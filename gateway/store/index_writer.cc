#include "gateway/store/index_writer.h"

#include <array>

#include "gateway/store/index_table.h"

namespace throughline::store {
namespace {

constexpr std::array<const char*, kMaxCells> kCellNames = {"$c0", "$c1", "$c2", "$c3", "$c4", "$c5"};

constexpr std::size_t kMostRemembered = 10'000;

void BindCells(const Cells& cells, sql::Statement& statement) {
  for (std::size_t i = 0; i < cells.count; ++i) {
    std::visit([&](const auto& value) { statement.Bind(kCellNames[i], value); }, cells.values[i]);
  }
}

}  // namespace

Result<std::int64_t> IndexWriter::ParameterOf(std::string_view type, std::string_view code) {
  const std::string key = std::string(type) + ' ' + std::string(code);
  if (const auto known = parameters_.find(key); known != parameters_.end()) return known->second;
  auto added =
      connection_.Query("INSERT INTO search_parameter (type, code) VALUES ($type, $code) ON CONFLICT DO NOTHING")
          .Bind("$type", type)
          .Bind("$code", code)
          .Run();
  if (!added) return std::move(added).error();
  sql::Statement found =
      connection_.Query("SELECT parameter FROM search_parameter WHERE type = $type AND code = $code");
  const auto row = found.Bind("$type", type).Bind("$code", code).Step();
  if (!row) return row.error();
  // Composites make a name for each code: whoever sends resources decides how many there are.
  if (parameters_.size() >= kMostRemembered) parameters_.clear();
  return parameters_[key] = found.Integer(0);
}

Result<void> IndexWriter::Add(std::int64_t rid, const Draft& draft) {
  for (const search::IndexRow& row : draft.rows()) {
    const auto parameter = ParameterOf(draft.type(), row.parameter);
    if (!parameter) return parameter.error();
    sql::Statement insert = connection_.Query(StatementsOfIndex()[row.value.index()].insert);
    insert.Bind("$rid", rid).Bind("$parameter", *parameter).Bind("$compartment", draft.compartment());
    const Cells cells = TableOf(row).cells(row);
    BindCells(cells, insert);
    if (auto done = insert.Run(); !done) return done;
  }
  return {};
}

Result<void> IndexWriter::Remove(std::int64_t rid) {
  for (const IndexStatements& statements : StatementsOfIndex()) {
    if (auto done = connection_.Query(statements.remove).Bind("$rid", rid).Run(); !done) return done;
  }
  return {};
}

}  // namespace throughline::store
