// Stored records out, in a local format: the same map run backwards behind the read gate.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/json/value.h"
#include "gateway/consent/requester.h"
#include "gateway/local/services.h"

namespace throughline::local {

// A file of the map's format.
struct LocalFile {
  std::string media_type;  // "application/json"
  std::string bytes;
};

// One record by the opaque id that the intake answered, with its envelope where the format has one. kNotFound: no such
// map, or no such record for this client.
Result<LocalFile> View(const Services& services, const consent::Requester& requester, std::string_view map,
                       std::string_view record);

// Records by content: {"key":["SA-004417","A25-0118"]} or {"patient":{"identifier":"system|value"}}. Of a patient all
// records, newest last. kInvalid: neither of the two; kNotFound: none for this client.
Result<LocalFile> FindViews(const Services& services, const consent::Requester& requester, std::string_view map,
                            const json::Value& question);

}  // namespace throughline::local
