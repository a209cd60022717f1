// https://hl7.org/fhir/R4/http.html#update
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "gateway/interactions/write_resource.h"

namespace throughline::interactions {

struct UpdateConditions {
  std::optional<std::int64_t> if_match;  // the version that If-Match names
  bool if_none_match_any = false;        // If-None-Match: *
};

// Stores `body` as the next version, or as the first one under this id (needs the scope to create too). kInvalid: the
// id is no FHIR id, the body has no id or another one, or is of another type. kPrecondition: the conditions do not
// hold.
Result<Written> Update(const Services& services, const consent::Requester& requester, std::string_view type,
                       std::string_view id, const json::Value& body, const UpdateConditions& conditions = {});

}  // namespace throughline::interactions
