// What the text of a reference says. https://hl7.org/fhir/R4/references.html#literal
#pragma once

#include <string_view>

#include "fhir/definitions/definitions.h"

namespace throughline::path {

// Views into the text. "https://example.org/fhir/Patient/1/_history/2": base, type, id and version.
struct ReferenceText {
  std::string_view base;      // up to and without the type; empty for relative references
  std::string_view type;      // a resource type of the definitions; empty: none is named
  std::string_view id;        // empty when there is no type
  std::string_view version;   // of `/_history/`
  std::string_view fragment;  // "#p1": "p1"; "#" alone: see `is_fragment`
  bool is_fragment = false;   // starts with "#"
  bool is_absolute = false;   // has a scheme: "https:", "urn:"
};

ReferenceText ParseReference(const definitions::Definitions& definitions, std::string_view text);

// [A-Za-z0-9\-\.]{1,64}. https://hl7.org/fhir/R4/datatypes.html#id
bool IsId(std::string_view text);

}  // namespace throughline::path
