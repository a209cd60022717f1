// The units that are a function of another: levels, pH, tangents. By double: never exact.
// https://ucum.org/ucum#section-Special-Units-on-non-ratio-Scales
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fhir/units/atoms.h"

namespace throughline::units {

bool HasFunction(Kind kind);
// The number of the special unit as one of the unit that it is defined by, and back. Texts are decimals; nothing where
// the function has no value, or one that is no finite number.
std::optional<std::string> FromSpecial(Kind kind, std::string_view number);
std::optional<std::string> ToSpecial(Kind kind, std::string_view number);

}  // namespace throughline::units
