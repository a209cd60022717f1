// The FHIR definitions as immutable rows over one blob: no class per resource type, no name of a resource in code.
//
// The blob is compiled at build from the pinned npm package by the room `fhir/compile` and linked into rodata; opening
// it parses nothing and allocates nothing. All strings live as long as the blob. Safe from several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "fhir/base/result.h"

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
  std::uint32_t row = 0;           // index over all elements, for tables beside this one
  std::uint32_t first_target = 0;  // reference targets: see Targets()
  std::uint16_t target_count = 0;
};

// https://hl7.org/fhir/R4/searchparameter-registry.html
enum class SearchType : std::uint8_t {
  kNumber,
  kDate,
  kString,
  kToken,
  kReference,
  kComposite,
  kQuantity,
  kUri,
  kSpecial
};

struct SearchParameter {
  std::string_view code;  // name in URLs: "patient"
  std::string_view url;
  std::string_view base;  // resource type it is for: one row a type ("Resource" and "DomainResource" stay one row)
  std::string_view expression;  // FHIRPath as published; empty for special ones
  SearchType type = SearchType::kSpecial;
  std::uint32_t row = 0;
  std::uint32_t first_target = 0;  // of reference parameters; none: any type. See Definitions::target()
  std::uint16_t target_count = 0;
  std::uint16_t component_count = 0;  // of composite parameters. See Definitions::component()
  std::uint32_t first_component = 0;
};

// One part of a composite parameter; `expression` is evaluated on each value of the composite's own expression.
struct SearchComponent {
  std::string_view definition;  // url of the search parameter that the part behaves as
  std::string_view expression;
};

// How a type's resources belong to a compartment: "Patient" / "Observation" / "subject".
struct CompartmentRow {
  std::string_view compartment;
  std::string_view type;
  std::string_view parameter;  // code of a search parameter of `type`
};

class Definitions {
 public:
  // Checks the header and the bounds of every table. kInternal when the blob was made by another compiler version.
  static Result<Definitions> Open(std::span<const std::byte> blob);

  std::string_view fhir_version() const;  // "4.0.1"

  // The blobs that a lookup asks, in its order, for the rooms that read rows of their own out of them (rows.h).
  std::span<const std::span<const std::byte>> layers() const { return {&blob_, 1}; }

  std::size_t type_count() const;
  Type type(TypeId id) const;
  // kNoType when unknown.
  TypeId FindType(std::string_view name) const;
  TypeId FindTypeByUrl(std::string_view url) const;
  // True when `id` is `ancestor` or derives from it.
  bool Derives(TypeId id, TypeId ancestor) const;
  bool IsResource(TypeId id) const;

  // Children in the order of the definition.
  std::size_t child_count(TypeId owner) const;
  Element child(TypeId owner, std::size_t index) const;
  // Children with a minimum above 0, in the order of the definition; of a choice its first row alone.
  std::size_t required_count(TypeId owner) const;
  Element required(TypeId owner, std::size_t index) const;
  // The child by its JSON name: one probe. False when there is none; `out` is untouched then.
  bool FindChild(TypeId owner, std::string_view name, Element& out) const;
  // The rows of a choice by its bare name ("value"), in the order of the definition; they stand side by side.
  // Nothing when `name` is no choice of `owner`.
  struct Range {
    std::size_t first = 0;
    std::size_t count = 0;
  };
  Range FindChoice(TypeId owner, std::string_view name) const;
  // Types that a reference may point to; empty: any.
  TypeId target(const Element& element, std::size_t index) const;

  std::size_t search_parameter_count() const;
  SearchParameter search_parameter(std::size_t row) const;
  // Also finds those of Resource and DomainResource for any resource type that derives from them.
  bool FindSearchParameter(std::string_view type, std::string_view code, SearchParameter& out) const;

  // Types that a reference parameter may point to.
  TypeId target(const SearchParameter& parameter, std::size_t index) const;
  SearchComponent component(const SearchParameter& parameter, std::size_t index) const;

  std::size_t compartment_row_count() const;
  CompartmentRow compartment_row(std::size_t row) const;

  // Codes of a value set that can be enumerated offline, for required bindings; false when it is not known. A version
  // after "|" in `url` is ignored: the blob holds one version of each.
  bool HasValueSet(std::string_view url) const;
  bool ValueSetContains(std::string_view url, std::string_view system,
                        std::string_view code) const;  // system may be empty

 private:
  explicit Definitions(std::span<const std::byte> blob) : blob_(blob) {}
  std::span<const std::byte> blob_;
};

// The R4 definitions that are linked into the program.
const Definitions& R4();

}  // namespace throughline::definitions
