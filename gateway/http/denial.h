// Refusals that the pipeline gives before an interaction could.
#pragma once

#include <string_view>

#include "fhir/base/result.h"
#include "gateway/consent/requester.h"
#include "gateway/http/gateway.h"

namespace throughline::http {

// Puts on record that a client asked for what its scopes do not cover; nothing to do for a gateway without services.
Result<void> RecordDenial(const Gateway& gateway, const consent::Requester& requester, std::string_view type);

}  // namespace throughline::http
