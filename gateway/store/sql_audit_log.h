// The audit over a connection: the writer's, or a reader's.
#pragma once

#include "gateway/store/audit_log.h"
#include "gateway/store/sql/connection.h"

namespace throughline::store {

class SqlAuditLog final : public AuditLog {
 public:
  SqlAuditLog(sql::Connection& connection, bool writable) : connection_(connection), writable_(writable) {}

  Result<std::vector<AuditEntry>> Rows(std::uint64_t after, std::size_t limit) const override;
  Result<audit::Checkpoint> Head() const override;
  Result<AuditReport> Verify(const std::optional<audit::Checkpoint>& since) const override;
  Result<std::uint64_t> Append(const audit::Row& row) override;

  // The time that is written down from now on; whole milliseconds.
  void StartAt(Instant now) { now_ = now; }
  // After an undo: the chain goes on from what the database holds.
  void Forget() { head_.reset(); }

 private:
  sql::Connection& connection_;
  bool writable_;
  Instant now_;
  std::optional<audit::Checkpoint> head_;  // of the chain, when it is known without looking
};

}  // namespace throughline::store
