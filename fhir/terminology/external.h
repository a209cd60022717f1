// Code systems that nobody publishes as a FHIR resource, but that can be checked offline: grammars and short lists.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "fhir/terminology/terminology.h"

namespace throughline::terminology {

inline constexpr std::string_view kUcum = "http://unitsofmeasure.org";

using CodeList = std::span<const std::string_view> (*)();

struct ExternalSystem {
  std::string_view url;
  Answer (*has)(std::string_view code);
  std::array<CodeList, 3> lists;  // what can be listed, one after the other; null: a grammar, or no more
};

// Null: not one of them.
const ExternalSystem* FindExternal(std::string_view system);

// BCP 13: "type/subtype", with parameters. The short names that R4 itself uses for its own formats ("json") pass too.
bool IsMimeType(std::string_view code);
// BCP 47: well-formed, and of known two-letter languages and countries. Languages of three letters, variants and
// extensions are not looked up. https://www.rfc-editor.org/rfc/rfc5646
bool IsLanguageTag(std::string_view code);

}  // namespace throughline::terminology
