// A local file mapped without being stored: what would become of it.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "gateway/consent/requester.h"
#include "gateway/local/intake.h"
#include "gateway/local/services.h"

namespace throughline::local {

// {"records":[{"index","key","outcome":"mapped|quarantined","resources":[...],"issue":[...],"ledger":[...],"trace":[...]}]}:
// `trace` tells for each field of the map where it goes and how well it comes back. At most 100 records. Errors as
// TakeIn's.
Result<std::string> Preview(const Services& services, const consent::Requester& requester, const IntakeRequest& request,
                            std::string_view body);

}  // namespace throughline::local
