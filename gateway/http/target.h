// The target of a request, and forms: split first, decoded then, never decoded twice (A16, A19, A20, A40).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"
#include "gateway/http/refusal.h"

namespace throughline::http {

struct Target {
  std::string authority;              // of the absolute form ("http://host:port/path"), as written; else ""
  std::vector<std::string> segments;  // "/fhir/Patient" is {"fhir", "Patient"}; "/" is {""}; "//a" is {"", "a"}
  std::vector<Parameter> query;
};

// Takes origin-form and absolute-form. Refused: bytes outside RFC 3986 (in the query '|' is let through, since FHIR's
// own examples hold it), a fragment, broken percent signs, and segments that decode to '/', '\\', a control character,
// "." or
// "..", or to bytes that are not UTF-8. https://www.rfc-editor.org/rfc/rfc9112#section-3.2
std::optional<Refusal> ParseTarget(std::string_view text, std::size_t most_parameters, Target& target);

// application/x-www-form-urlencoded, as in a query: '+' is a blank. Refused: more than `most` parameters, broken
// percent signs, control characters but tab and line ends, bytes that are not UTF-8. Parts without a name are left out.
std::optional<Refusal> ParseForm(std::string_view text, std::size_t most, std::vector<Parameter>& parameters);

// Whether it is well-formed UTF-8 (RFC 3629: shortest forms, no surrogates).
bool IsUtf8(std::string_view text);

}  // namespace throughline::http
