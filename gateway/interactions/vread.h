// https://hl7.org/fhir/R4/http.html#vread
#pragma once

#include <string_view>

#include "gateway/interactions/read_gate.h"

namespace throughline::interactions {

// `version` as it stands in the URL. kNotFound: no such version for this client. kGone: that version is a deletion.
Result<Resource> VRead(const Services& services, const consent::Requester& requester, std::string_view type,
                       std::string_view id, std::string_view version);

}  // namespace throughline::interactions
