// Versions in headers: ETag, If-Match, If-None-Match. https://hl7.org/fhir/R4/http.html#concurrency
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace throughline::rest {

// W/"3"
std::string ETag(std::int64_t version);

// W/"3" or "3"; versions start at 1. Nothing for anything else.
std::optional<std::int64_t> ParseETag(std::string_view text);

// The versions a header names: a list of entity tags, or "*".
struct VersionSet {
  bool any = false;  // "*"
  std::vector<std::int64_t> versions;

  // `current`: the version that is there now; nothing when the resource does not exist or is deleted.
  bool Holds(std::optional<std::int64_t> current) const;
};

// At most 32 tags. kInvalid, rule "etag", for anything that is not a list of our tags or "*".
Result<VersionSet> ParseVersionSet(std::string_view header);

// If-Match. kPrecondition, rule "version-conflict", when the header does not hold for `current`.
Result<void> CheckIfMatch(std::string_view header, std::optional<std::int64_t> current);

// If-None-Match on a read: true when the answer is 304, because the client has this version already.
Result<bool> NotModified(std::string_view header, std::int64_t current);

}  // namespace throughline::rest
