#include "gateway/store/verifier.h"

#include <algorithm>

#include "fhir/base/date_time.h"
#include "fhir/json/parse.h"
#include "gateway/store/index_table.h"
#include "gateway/store/sql_audit_log.h"
#include "gateway/store/sql_index.h"

namespace throughline::store {
namespace {

constexpr std::size_t kMaxFindings = 1'000;
constexpr std::string_view kEachCurrent =
    "SELECT rid, type, id, version, last_updated, deleted, compartment, content, body FROM resource ORDER BY rid";
constexpr std::string_view kEachPast =
    "SELECT p.rid, r.type, r.id, p.version, p.last_updated, p.deleted, p.compartment, p.content, p.body "
    "FROM resource_past p JOIN resource r ON r.rid = p.rid ORDER BY p.rid, p.version";

std::string TextOf(const Cell& cell) {
  if (const auto* number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
  return std::string(std::get<std::string_view>(cell));
}

// One text for a row of any index table.
void AppendCell(std::string_view cell, std::string& row) {
  row += '\x1F';
  row += cell;
}

std::vector<std::string> DerivedRows(const Draft& draft) {
  std::vector<std::string> rows;
  for (const search::IndexRow& derived : draft.rows()) {
    const IndexTable& table = TableOf(derived);
    std::string row(table.name);
    AppendCell(derived.parameter, row);
    AppendCell(draft.compartment(), row);
    const Cells cells = table.cells(derived);
    for (std::size_t i = 0; i < cells.count; ++i) AppendCell(TextOf(cells.values[i]), row);
    rows.push_back(std::move(row));
  }
  std::ranges::sort(rows);
  rows.erase(std::ranges::unique(rows).begin(), rows.end());
  return rows;
}

}  // namespace

struct Verifier::Stored {
  std::int64_t rid;
  std::string type;
  std::string id;
  std::int64_t version;
  Instant last_updated;
  bool deleted;
  std::string compartment;
  std::string content;
  std::string body;

  std::string place() const { return type + "/" + id + "/_history/" + std::to_string(version); }
};

void Verifier::Find(std::string_view rule, std::string place) {
  ++report_.finding_count;
  if (report_.findings.size() < kMaxFindings) report_.findings.push_back({std::string(rule), std::move(place)});
}

Result<DeepReport> Verifier::Run() {
  auto done = CheckDatabase();
  if (done) done = connection_.Query("BEGIN").Run();
  if (done) done = CheckAudit();
  if (done) done = CheckIndexState();
  if (done) done = CheckResources(kEachCurrent, true);
  if (done) done = CheckResources(kEachPast, false);
  if (!done) return std::move(done).error();
  return report_;
}

Result<void> Verifier::CheckDatabase() {
  sql::Statement check = connection_.Query("PRAGMA integrity_check(100)");
  for (;;) {
    const auto row = check.Step();
    if (!row) return row.error();
    if (!*row) return {};
    if (check.Text(0) != "ok") Find("database-damaged", "database");
  }
}

Result<void> Verifier::CheckAudit() {
  auto verified = SqlAuditLog(connection_, false).Verify(std::nullopt);
  if (!verified) return std::move(verified).error();
  report_.audit = *verified;
  if (verified->first_bad) Find("audit-chain", "audit " + std::to_string(*verified->first_bad));
  return {};
}

// Rows that follow from something else are not compared: every one of them would be named.
Result<void> Verifier::CheckIndexState() {
  if (deep_ == nullptr) return {};
  const auto state = SqlIndex(connection_, false).State();
  if (!state) return state.error();
  if (state->whole && state->fingerprint == deep_->fingerprint()) return {};
  Find("index-outdated", "index");
  deep_ = nullptr;
  return {};
}

Result<void> Verifier::CheckResources(std::string_view select, bool current) {
  sql::Statement rows = connection_.Query(select);
  for (;;) {
    const auto row = rows.Step();
    if (!row) return row.error();
    if (!*row) return {};
    const Stored stored{rows.Integer(0),           std::string(rows.Text(1)),   std::string(rows.Text(2)),
                        rows.Integer(3),           FromColumn(rows.Integer(4)), rows.Integer(5) != 0,
                        std::string(rows.Text(6)), std::string(rows.Text(7)),   std::string(rows.Text(8))};
    ++report_.versions;
    if (current) ++report_.resources;
    CheckVersion(stored, current);
  }
}

void Verifier::CheckVersion(const Stored& stored, bool current) {
  if (stored.deleted) {
    if (!stored.body.empty()) Find("meta-differs", stored.place());
    const auto left = current ? StoredRows(stored.rid) : Result<std::vector<std::string>>(std::vector<std::string>());
    if (!left || !left->empty()) Find("index-differs", stored.place());
    return;
  }
  const auto document = json::ParseDocument(stored.body);
  if (!document) return Find("body-unreadable", stored.place());
  auto plain = Draft::Make(document->root, stored.id, {}, {});
  if (!plain || plain->Bytes(stored.version, stored.last_updated) != stored.body || plain->type() != stored.type ||
      !std::ranges::equal(plain->content(), stored.content, {}, {},
                          [](char c) { return static_cast<std::uint8_t>(c); })) {
    return Find("meta-differs", stored.place());
  }
  if (!current || deep_ == nullptr) return;
  const auto draft = deep_->Make(document->root, stored.id);
  if (!draft || draft->compartment() != stored.compartment || !CheckIndex(stored, *draft))
    Find("index-differs", stored.place());
}

Result<std::vector<std::string>> Verifier::StoredRows(std::int64_t rid) {
  std::vector<std::string> rows;
  for (const IndexTable& table : IndexTables()) {
    std::string columns;
    std::size_t count = 0;
    for (; count < kMaxCells && !table.columns[count].empty(); ++count)
      columns += ", t." + std::string(table.columns[count]);
    sql::Statement stored =
        connection_.Query("SELECT p.code, t.compartment" + columns + " FROM " + std::string(table.name) +
                          " t JOIN search_parameter p ON p.parameter = t.parameter WHERE t.rid = $rid");
    stored.Bind("$rid", rid);
    for (;;) {
      const auto next = stored.Step();
      if (!next) return next.error();
      if (!*next) break;
      std::string row(table.name);
      for (std::size_t i = 0; i < count + 2; ++i) AppendCell(stored.Text(static_cast<int>(i)), row);
      rows.push_back(std::move(row));
    }
  }
  std::ranges::sort(rows);
  return rows;
}

Result<void> Verifier::CheckIndex(const Stored& stored, const Draft& draft) {
  const auto rows = StoredRows(stored.rid);
  if (!rows) return rows.error();
  report_.index_rows += rows->size();
  if (*rows == DerivedRows(draft)) return {};
  return MakeError(ErrorKind::kUnprocessable, "index-differs", "the index is not what the resource says");
}

}  // namespace throughline::store
