// The types of FHIR and their children.
//
// Views into the R4 layer of Definitions (definitions.h), which reads them.
#pragma once

#include <cstdint>
#include <string_view>

namespace throughline::definitions {

enum class TypeKind : std::uint8_t {
  kPrimitive,  // boolean, code, dateTime, ...
  kComplex,    // HumanName, Quantity, ... and their abstract bases
  kResource,   // Patient, ... and Resource, DomainResource
  kBackbone,   // a nested element with children of its own; named by its path: "Patient.contact"
};

using TypeId = std::uint16_t;
inline constexpr TypeId kNoType = 0xFFFF;
inline constexpr std::uint16_t kUnbounded = 0xFFFF;  // max = "*"

// One type. https://hl7.org/fhir/R4/datatypes.html, https://hl7.org/fhir/R4/resourcelist.html
struct Type {
  std::string_view name;  // "Patient", "HumanName", "code", "Patient.contact"
  std::string_view url;   // canonical of its StructureDefinition; empty for backbones
  TypeId id = kNoType;
  TypeId base = kNoType;  // "string" for "code", "DomainResource" for "Patient", "BackboneElement" for backbones
  TypeKind kind = TypeKind::kComplex;
  bool abstract = false;
  // Invariants that hold for each value of the type, inherited ones too, each once: see Definitions::constraint()
  std::uint16_t constraint_count = 0;
};

enum class BindingStrength : std::uint8_t { kNone, kRequired, kExtensible, kPreferred, kExample };

// One child of a type under its JSON name (so a primitive's own value is none); a choice element has one row for each
// of its types ("valueQuantity"). Inherited children (id, extension, meta, text, ...) are rows of every type.
struct Element {
  std::string_view name;    // JSON member name: "status", "valueQuantity"
  std::string_view choice;  // "value" for a row of value[x]; empty otherwise
  std::string_view path;    // as in the definition: "Observation.value[x]"
  TypeId owner = kNoType;   // the type this is a child of
  TypeId type = kNoType;    // type of the value; content references are resolved
  std::uint16_t min = 0;    // of a choice: of the choice as a whole
  std::uint16_t max = 1;    // kUnbounded for "*"
  bool is_array = false;    // JSON array: the base definition's max is not 1
  bool modifier = false;
  bool summary = false;
  BindingStrength binding = BindingStrength::kNone;
  std::string_view value_set;      // canonical, with version where one stands; empty when unbound
  std::string_view max_value_set;  // required even where the binding is weaker; mostly empty
  std::uint32_t row = 0;           // index over all elements, for tables beside this one
  std::uint32_t first_target = 0;  // reference targets: see Targets()
  std::uint16_t target_count = 0;
  std::uint16_t constraint_count = 0;  // invariants beyond those of its type: see Definitions::constraint()
};

}  // namespace throughline::definitions
