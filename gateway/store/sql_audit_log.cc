#include "gateway/store/sql_audit_log.h"

#include <algorithm>

#include "gateway/store/index_table.h"

namespace throughline::store {
namespace {

std::string_view View(const audit::Hash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

audit::Hash HashOf(std::string_view bytes) {
  audit::Hash hash{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), hash.size()), hash.begin());
  return hash;
}

// The one compartment that everything in the row belongs to; empty when there are several, or none.
std::string CompartmentOf(const audit::Row& row) {
  std::string one;
  for (const audit::Entity& entity : row.entities) {
    if (entity.patient.empty() || entity.patient == one) continue;
    if (!one.empty()) return {};
    one = entity.patient;
  }
  return one;
}

}  // namespace

Result<std::vector<AuditEntry>> SqlAuditLog::Rows(std::uint64_t after, std::size_t limit) const {
  sql::Statement rows =
      connection_.Query("SELECT entry FROM audit WHERE sequence > $after ORDER BY sequence LIMIT $limit");
  rows.Bind("$after", static_cast<std::int64_t>(after)).Bind("$limit", static_cast<std::int64_t>(limit));
  std::vector<AuditEntry> entries;
  for (;;) {
    const auto next = rows.Step();
    if (!next) return next.error();
    if (!*next) return entries;
    AuditEntry entry;
    auto row = audit::ParseCanonical(rows.Text(0), entry.sequence);
    if (!row) return std::move(row).error();
    entry.row = *std::move(row);
    entries.push_back(std::move(entry));
  }
}

Result<audit::Checkpoint> SqlAuditLog::Head() const {
  sql::Statement last = connection_.Query("SELECT sequence, recorded, hash FROM audit ORDER BY sequence DESC LIMIT 1");
  const auto row = last.Step();
  if (!row) return row.error();
  if (!*row) return audit::Checkpoint{};
  return audit::Checkpoint{static_cast<std::uint64_t>(last.Integer(0)), HashOf(last.Text(2)),
                           FromColumn(last.Integer(1))};
}

Result<AuditReport> SqlAuditLog::Verify(const std::optional<audit::Checkpoint>& since) const {
  audit::ChainCheck check;
  AuditReport report;
  sql::Statement rows = connection_.Query("SELECT sequence, entry, hash, recorded FROM audit ORDER BY sequence");
  for (;;) {
    const auto next = rows.Step();
    if (!next) return next.error();
    if (!*next) break;
    const auto sequence = static_cast<std::uint64_t>(rows.Integer(0));
    if (!check.Next(sequence, rows.Text(1), rows.Text(2))) break;
    report.head = {sequence, check.head(), FromColumn(rows.Integer(3))};
    if (since && since->sequence == sequence && since->hash != check.head()) {
      report.first_bad = sequence;
      return report;
    }
    ++report.rows;
  }
  report.first_bad = check.first_bad();
  if (!report.first_bad && since && since->sequence > report.rows) report.first_bad = report.rows + 1;
  return report;
}

Result<std::uint64_t> SqlAuditLog::Append(const audit::Row& row) {
  if (!writable_) return MakeError(ErrorKind::kInternal, "store-write", "a snapshot cannot be written to");
  if (!head_) {
    const auto head = Head();
    if (!head) return head.error();
    head_ = *head;
  }
  audit::Row written = row;
  if (written.recorded == Instant{}) written.recorded = now_;
  const std::uint64_t sequence = head_->sequence + 1;
  const std::string canonical = audit::Canonical(sequence, written);
  const audit::Hash hash = audit::Seal(head_->hash, canonical);
  auto done = connection_
                  .Query(
                      "INSERT INTO audit (sequence, compartment, recorded, entry, hash) "
                      "VALUES ($sequence, $compartment, $recorded, $entry, $hash)")
                  .Bind("$sequence", static_cast<std::int64_t>(sequence))
                  .Bind("$compartment", CompartmentOf(written))
                  .Bind("$recorded", ToColumn(written.recorded))
                  .Bind("$entry", canonical)
                  .BindBytes("$hash", View(hash))
                  .Run();
  if (!done) return std::move(done).error();
  head_ = audit::Checkpoint{sequence, hash, written.recorded};
  return sequence;
}

}  // namespace throughline::store
