// The text of a reference. https://hl7.org/fhir/R4/references.html#literal
#pragma once

#include <cstdint>
#include <string_view>

#include "fhir/definitions/definitions.h"

namespace throughline::validate {

enum class ReferenceForm : std::uint8_t {
  kWrong,
  kRelative,     // Type/id, Type/id/_history/version
  kConditional,  // Type?query
  kAbsolute,     // http(s) URL
  kUrn,          // urn:uuid:..., urn:oid:...
  kContained,    // #id
  kContainer,    // #
};

struct ReferenceText {
  ReferenceForm form = ReferenceForm::kWrong;
  definitions::TypeId type = definitions::kNoType;  // where the text says it
  std::string_view id;                              // of kRelative and kContained
};

ReferenceText ReadReference(std::string_view text, const definitions::Definitions& definitions);

}  // namespace throughline::validate
