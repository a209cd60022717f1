// Values of answers, and how two of them stand to each other.
#pragma once

#include <cstdint>
#include <string_view>

#include "fhir/json/value.h"

namespace throughline::validate {

// kDifferent: not equal, and without an order. kUnclear: not to be told (a year and a day in it).
enum class Relation : std::uint8_t { kLess, kEqual, kGreater, kDifferent, kUnclear };

// How `a` stands to `b`, both of the type that `name` ends in ("answerQuantity"). Quantities are converted by UCUM;
// where only one side names a system, codes are compared without it.
Relation Compare(std::string_view name, const json::Value& a, const json::Value& b);

// The member of a choice: "valueString" for "value". Null when there is none.
const json::Member* ChoiceOf(const json::Value& object, std::string_view name);

// The value of the first of R4's extensions `name` of `object`; null when there is none.
json::Value ExtensionOf(const json::Value& object, std::string_view name);
// Is `extension` R4's of this name?
bool IsExtensionOf(const json::Value& extension, std::string_view name);

}  // namespace throughline::validate
