// https://hl7.org/fhir/R4/http.html#read
#pragma once

#include <string_view>

#include "gateway/interactions/read_gate.h"

namespace throughline::interactions {

// kNotFound: no such resource for this client, or `id` is no id. kGone: it was deleted.
Result<Resource> Read(const Services& services, const consent::Requester& requester, std::string_view type,
                      std::string_view id);

}  // namespace throughline::interactions
