// Rows of the audit and its checkpoints as they come back from a disk: what is read is what is written again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/audit/audit_event.h"
#include "gateway/audit/chain.h"

using namespace throughline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  std::uint64_t sequence = 0;
  if (const auto row = audit::ParseCanonical(text, sequence)) {
    const std::string canonical = audit::Canonical(sequence, *row);
    std::uint64_t again = 0;
    const auto reread = audit::ParseCanonical(canonical, again);
    if (!reread || again != sequence || audit::Canonical(again, *reread) != canonical) std::abort();
    audit::ToAuditEvent(sequence, *row, "gateway");
  }
  if (const auto checkpoint = audit::ParseCheckpoint(text)) {
    if (!audit::ParseCheckpoint(audit::WriteCheckpoint(*checkpoint))) std::abort();
  }
  return 0;
}
