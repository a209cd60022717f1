// An audit row as a FHIR AuditEvent, in the shape of IHE BALP.
// https://profiles.ihe.net/ITI/BALP/
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/audit/row.h"

namespace throughline::audit {

// Canonical JSON. `observer`: the gateway's own name, told as the source. The query stands in it as base64, as BALP
// asks.
std::string ToAuditEvent(std::uint64_t sequence, const Row& row, std::string_view observer);

}  // namespace throughline::audit
