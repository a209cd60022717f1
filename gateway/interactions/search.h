// https://hl7.org/fhir/R4/http.html#search
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "fhir/search/query.h"
#include "gateway/interactions/read_gate.h"

namespace throughline::interactions {

struct SearchRequest {
  std::string_view type;
  std::span<const search::Parameter> parameters;  // decoded; of GET and POST alike
  search::Handling handling = search::Handling::kStrict;
  std::string_view base_url;  // "https://gateway.example/fhir": what fullUrl and the links start with
  bool posted = false;        // by POST _search: the links then hold no parameter in the clear
};

// A searchset Bundle as canonical JSON: total, self and next links, the stored bytes of each hit. The cursor of the
// next link is sealed to the client and the search, and good for a day: kInvalid (rule "search-cursor") when it was
// changed or belongs to another, kGone when it is too old. Other errors as of ParseQuery and FindResources.
Result<std::string> Search(const Services& services, const consent::Requester& requester, const SearchRequest& request);

}  // namespace throughline::interactions
