// Content-Type and Accept. https://www.rfc-editor.org/rfc/rfc9110#section-8.3
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"

namespace throughline::http {

struct MediaType {
  std::string type;                   // "application/fhir+json", lower case
  std::vector<Parameter> parameters;  // names in lower case; quoted values without quotes

  // Lower case; "" when there is none.
  std::string Get(std::string_view name) const;
};

// Nothing for what is no media type, or says a parameter twice.
std::optional<MediaType> ParseMediaType(std::string_view text);

// Whether an Accept header (all of its fields; none accepts everything) takes one of `types`; ranges with q=0 refuse.
bool Accepts(const Headers& headers, std::initializer_list<std::string_view> types);

}  // namespace throughline::http
