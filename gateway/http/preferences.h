// Prefer. https://www.rfc-editor.org/rfc/rfc7240 and https://hl7.org/fhir/R4/http.html#ops
#pragma once

#include <string>
#include <string_view>

#include "gateway/http/message.h"

namespace throughline::http {

// The value of a preference, in lower case: "minimal" for `return` in "handling=strict; return=minimal". "" when it is
// not there; what is malformed is passed over, since a preference never refuses a request.
std::string Preference(const Headers& headers, std::string_view name);

}  // namespace throughline::http
