// What `throughline verify` finds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gateway/store/audit_log.h"

namespace throughline::store {

struct Finding {
  std::string
      rule;  // "database-damaged", "audit-chain", "meta-differs", "index-differs", "index-outdated", "body-unreadable"
  std::string place;  // "CarePlan/x/_history/2", "audit 17"; never a value
};

struct DeepReport {
  std::vector<Finding> findings;  // the first 1,000
  std::uint64_t finding_count = 0;
  std::uint64_t resources = 0;   // current ones looked at
  std::uint64_t versions = 0;    // all versions looked at
  std::uint64_t index_rows = 0;  // compared (deep)
  AuditReport audit;
};

}  // namespace throughline::store
