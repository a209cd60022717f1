// Code systems, value sets and concept maps as the layers hold them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "fhir/definitions/definitions.h"
#include "fhir/definitions/rows.h"

namespace throughline::terminology {

namespace blob = definitions::blob;

using Bytes = std::span<const std::byte>;
using Layers = std::span<const Bytes>;

// A row with the layer that it stands in. False: there is none.
template <typename Row>
struct Loaded {
  Bytes layer;
  const Row* row = nullptr;

  explicit operator bool() const { return row != nullptr; }
  const Row* operator->() const { return row; }
  std::string_view Text(blob::Text text) const { return blob::TextOf(layer, text); }
  template <typename Other>
  std::span<const Other> Rows(blob::Section section, std::uint32_t first, std::uint32_t count) const {
    return blob::Rows<Other>(layer, section).subspan(first, count);
  }
};

using LoadedSystem = Loaded<blob::CodeSystemRow>;
using LoadedSet = Loaded<blob::ValueSetRow>;
using LoadedMap = Loaded<blob::ConceptMapRow>;

struct Canonical {
  std::string_view url;
  std::string_view version;     // empty: any
  std::string_view whole = {};  // as it was written, where it has both
};
Canonical SplitCanonical(std::string_view text);

// The first layer's that has the version; where none has, the first that there is.
LoadedSystem FindSystem(Layers layers, const Canonical& canonical);
LoadedSet FindSet(Layers layers, const Canonical& canonical);
LoadedMap FindMap(Layers layers, const Canonical& canonical);

// Is it this version? Any is, where none is asked for.
bool HasVersion(const LoadedSystem& system, std::string_view version);

// The concept with the code, whatever its case where the system says so (or does not say otherwise: "accept codes in
// any case", https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.caseSensitive). Null: none.
const blob::ConceptRow* FindConcept(const LoadedSystem& system, std::string_view code);

// By nesting or by properties; a concept is one of itself.
bool IsA(const LoadedSystem& system, const blob::ConceptRow& concept_row, const blob::ConceptRow& ancestor);
bool IsChild(const LoadedSystem& system, const blob::ConceptRow& child, const blob::ConceptRow& parent);

inline std::span<const blob::ConceptRow> ConceptsOf(const LoadedSystem& system) {
  return system.Rows<blob::ConceptRow>(blob::kConcepts, system->first_concept, system->concept_count);
}

}  // namespace throughline::terminology
