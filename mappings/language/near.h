// Names of code systems that were meant to be others. Private to the room.
#pragma once

#include <span>
#include <string_view>

namespace throughline::language {

// The one of `known` that `url` is a slip of: another case, "https", a slash or a version at its end, up to two letters
// wrong (digits never), or of the same last part where both are HL7's ("http://hl7.org/fhir/v3/ActCode"). Empty: none.
std::string_view NearestUrl(std::string_view url, std::span<const std::string_view> known);

}  // namespace throughline::language
