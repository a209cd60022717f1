// What constrains types: invariants, and StructureDefinitions with their snapshots as trees of elements.
//
// Views into a layer of Definitions (definitions.h), which reads them. https://hl7.org/fhir/R4/profiling.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fhir/definitions/type.h"

namespace throughline::definitions {

enum class ConstraintSeverity : std::uint8_t { kError, kWarning };

// https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.constraint
struct Constraint {
  std::string_view key;         // "dom-2"
  std::string_view human;       // what must hold, for people
  std::string_view expression;  // FHIRPath, on the value of the element; empty when only an XPath was published
  std::string_view source;      // canonical of the StructureDefinition that states it; may be empty
  ConstraintSeverity severity = ConstraintSeverity::kError;
  // Of a profile's element: one of R4's types states it at this place too, so that checking the type checks it.
  bool inherited = false;
};

enum class StructureKind : std::uint8_t { kPrimitive, kComplex, kResource, kLogical };
enum class Derivation : std::uint8_t { kNone, kSpecialization, kConstraint };

// A StructureDefinition: a base type, a profile, or the definition of an extension (type "Extension").
struct Profile {
  std::string_view url;
  std::string_view version;
  std::string_view name;
  std::string_view type;     // what it constrains: "Patient", "Extension"
  std::string_view base;     // canonical; empty for Element and Resource
  TypeId type_id = kNoType;  // kNoType for logical models
  StructureKind kind = StructureKind::kComplex;
  Derivation derivation = Derivation::kNone;
  bool abstract = false;
  std::uint16_t context_count = 0;    // where an extension may stand. See Definitions::context()
  std::uint16_t invariant_count = 0;  // that an extension's place must fulfil. See Definitions::context_invariant()
  std::uint32_t element_count = 0;    // of the snapshot. See Definitions::element()
  std::uint32_t row = 0;              // index over the profiles of all layers
  std::uint16_t layer = 0;
};

// https://hl7.org/fhir/R4/valueset-extension-context-type.html
enum class ContextKind : std::uint8_t { kFhirpath, kElement, kExtension };
struct ExtensionContext {
  ContextKind kind = ContextKind::kElement;
  std::string_view expression;  // a FHIRPath, an element's path ("Patient.name", "Element"), or an extension's url
};

inline constexpr std::uint16_t kNoElement = 0xFFFF;

// kNone: the element is not sliced. https://hl7.org/fhir/R4/profiling.html#slicing
enum class SlicingRules : std::uint8_t { kNone, kOpen, kClosed, kOpenAtEnd };

// One element of a snapshot. Relatives are indexes among the profile's elements, kNoElement where there is none: slices
// stand beside the element that they slice, and their own children under them.
struct ProfileElement {
  std::string_view id;                 // "Patient.extension:race.url"
  std::string_view path;               // "Patient.extension.url"
  std::string_view slice_name;         // "race"; re-slices "a/b"; empty when it is no slice
  std::string_view content_reference;  // id of the element whose rules and children hold here; empty when there is none
  std::string_view value_set;          // canonical, with version where one stands; empty when unbound
  std::string_view max_value_set;      // required even where the binding is weaker; mostly empty
  std::uint16_t index = 0;
  std::uint16_t parent = kNoElement;
  std::uint16_t first_child = kNoElement;
  std::uint16_t next_sibling = kNoElement;
  std::uint16_t content = kNoElement;  // the element that content_reference names, when it is in this snapshot
  std::uint16_t min = 0;
  std::uint16_t max = 1;       // kUnbounded for "*"
  std::uint16_t base_max = 1;  // of the type's own definition: not 1 means a JSON array
  BindingStrength binding = BindingStrength::kNone;
  SlicingRules slicing = SlicingRules::kNone;
  bool ordered = false;  // slices must come in the order of their definition
  bool must_support = false;
  bool modifier = false;
  bool summary = false;
  std::uint16_t type_count = 0;           // 0: as content_reference says, or the root. See Definitions::type()
  std::uint16_t constraint_count = 0;     // See Definitions::constraint()
  std::uint16_t discriminator_count = 0;  // See Definitions::discriminator()
  std::uint32_t max_length = 0;           // in characters; 0: no limit
  std::uint32_t row = 0;                  // index among the elements of its layer
  std::uint16_t layer = 0;
};

// A type that an element may have. Profiles: a value must conform to one of them; none: to the type alone.
struct ElementType {
  std::string_view code;  // "Quantity"; the System types of a primitive's value keep their url
  TypeId type_id = kNoType;
  std::uint16_t profile_count = 0;  // See Definitions::type_profile()
  std::uint16_t target_count = 0;   // of references and canonicals. See Definitions::target_profile()
  std::uint8_t aggregation = 0;     // kContained, kReferenced, kBundled; 0: any
  std::uint32_t row = 0;
  std::uint16_t layer = 0;
};
inline constexpr std::uint8_t kContained = 1;
inline constexpr std::uint8_t kReferenced = 2;
inline constexpr std::uint8_t kBundled = 4;

enum class ValueKind : std::uint8_t { kFixed, kPattern, kMinValue, kMaxValue };

// fixed[x], pattern[x], minValue[x] or maxValue[x].
struct ElementValue {
  std::string_view type;  // "CodeableConcept"
  std::string_view json;  // canonical JSON text; empty when the element has no such value
};

// https://hl7.org/fhir/R4/valueset-discriminator-type.html
enum class DiscriminatorType : std::uint8_t { kValue, kExists, kPattern, kType, kProfile };
struct Discriminator {
  DiscriminatorType type = DiscriminatorType::kValue;
  std::string_view path;  // "$this", "code.coding", "resolve().code", "extension('url').value"
};

}  // namespace throughline::definitions
