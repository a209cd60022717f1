// Who asks: known from the connection, never from the request's own words.
#pragma once

#include <string>

#include "gateway/consent/scope.h"

namespace throughline::consent {

struct Requester {
  std::string client_id;     // registered client; empty: not known who, and nothing is permitted
  std::string organization;  // the organisation it acts for
  std::string role;
  Scopes scopes;
  std::string purpose;     // purpose of use, a code of v3-PurposeOfUse; may be empty
  std::string request_id;  // of this request, for the audit
  std::string peer;        // network address, for the audit
};

}  // namespace throughline::consent
