// The audit: rows that are only ever added, each sealed to the one before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "gateway/audit/chain.h"
#include "gateway/audit/row.h"

namespace throughline::store {

struct AuditEntry {
  std::uint64_t sequence = 0;
  audit::Row row;
};

struct AuditReport {
  std::uint64_t rows = 0;
  std::optional<std::uint64_t> first_bad;  // nothing: the chain holds
  audit::Checkpoint head;                  // where it ends, as far as it holds
};

class AuditLog {
 public:
  virtual ~AuditLog() = default;

  // Rows after sequence `after`, oldest first.
  virtual Result<std::vector<AuditEntry>> Rows(std::uint64_t after, std::size_t limit) const = 0;
  // The last row's number and hash; sequence 0 for an empty log.
  virtual Result<audit::Checkpoint> Head() const = 0;
  // Goes along the whole chain. With `since`, also that the log still holds that checkpoint: first_bad is the first
  // sequence that is missing or differs.
  virtual Result<AuditReport> Verify(const std::optional<audit::Checkpoint>& since) const = 0;

  // In a transaction only: gives the row its number and its time (the transaction's, when `row.recorded` is the epoch)
  // and seals it.
  virtual Result<std::uint64_t> Append(const audit::Row& row) = 0;
};

}  // namespace throughline::store
