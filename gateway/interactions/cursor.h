// The place of a paged search, as a word that tells nothing and cannot be made by anybody else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "certs/hmac.h"
#include "fhir/base/clock.h"
#include "fhir/base/result.h"
#include "fhir/search/query.h"

namespace throughline::interactions {

struct Cursor {
  std::int64_t after = 0;  // place of the page before
  Instant issued;
  std::vector<search::Parameter> parameters;  // of the search
};

// Base 64 URL of: nonce, the cursor under a stream of HMACs, and an HMAC over both. Bound to the client and the type.
std::string SealCursor(const certs::HmacKey& key, std::string_view client, std::string_view type, const Cursor& cursor);

// kInvalid, rule "search-cursor": changed, cut, or another client's or type's. kGone: older than a day.
Result<Cursor> OpenCursor(const certs::HmacKey& key, std::string_view client, std::string_view type,
                          std::string_view sealed, Instant now);

}  // namespace throughline::interactions
