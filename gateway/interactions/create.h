// https://hl7.org/fhir/R4/http.html#create
#pragma once

#include <string_view>

#include "gateway/interactions/write_resource.h"

namespace throughline::interactions {

// Stores `body` under a fresh id (one in the body is ignored). kInvalid also when the body is not of `type`.
Result<Written> Create(const Services& services, const consent::Requester& requester, std::string_view type,
                       const json::Value& body);

}  // namespace throughline::interactions
