// The FHIR definitions as immutable rows over blobs: no class per resource type, no name of a resource in code.
//
// R4 is one blob, and each loaded package a layer of the same format on top of it. Types come from R4 alone; profiles,
// search parameters and terminology from every layer: R4 is asked first, then the packages as they were added.
// The blob is compiled at build from the pinned npm package by the room `fhir/compile` and linked into rodata; opening
// it parses nothing and allocates nothing. All strings live as long as the blobs. Safe from several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/definitions/profile.h"
#include "fhir/definitions/type.h"

namespace throughline::definitions {

namespace blob {
struct ProfileRow;
struct ProfileElementRow;
struct ElementTypeRow;
}  // namespace blob

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
  std::uint16_t layer = 0;
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

  // These definitions with a package's blob on top; the blob must outlive them. kInternal as for Open, and when the
  // blob was compiled for another R4.
  Result<Definitions> With(std::span<const std::byte> package) const;

  std::string_view fhir_version() const;  // "4.0.1"
  std::uint64_t fingerprint() const;      // of R4's blob: what was compiled over it is good for this one alone

  // R4 is layer 0. Name and version of a package; empty for R4.
  std::size_t layer_count() const { return layers_.size(); }
  struct PackageName {
    std::string_view name;     // "hl7.fhir.us.core"
    std::string_view version;  // "3.1.0"
  };
  PackageName package(std::size_t layer) const;

  // The blobs that a lookup asks, in its order, for the rooms that read rows of their own out of them (rows.h).
  std::span<const std::span<const std::byte>> layers() const { return layers_; }

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

  // Invariants of a type, and those that an element adds to the ones of its type.
  Constraint constraint(const Type& type, std::size_t index) const;
  Constraint constraint(const Element& element, std::size_t index) const;

  // StructureDefinitions of all layers.
  std::size_t profile_count() const;
  Profile profile(std::size_t row) const;
  // By canonical, with |version or without: one probe a layer. False when there is none; `out` is untouched then.
  bool FindProfile(std::string_view canonical, Profile& out) const;
  ExtensionContext context(const Profile& profile, std::size_t index) const;
  std::string_view context_invariant(const Profile& profile, std::size_t index) const;  // FHIRPath
  // The snapshot, in its order; 0 is the root.
  ProfileElement element(const Profile& profile, std::size_t index) const;
  ElementType type(const ProfileElement& element, std::size_t index) const;
  std::string_view type_profile(const ElementType& type, std::size_t index) const;
  std::string_view target_profile(const ElementType& type, std::size_t index) const;
  Constraint constraint(const ProfileElement& element, std::size_t index) const;
  Discriminator discriminator(const ProfileElement& element, std::size_t index) const;
  ElementValue value(const ProfileElement& element, ValueKind kind) const;

  // Of all layers; a package's parameter whose code R4 has for the same type is left out, so each pair is one row.
  std::size_t search_parameter_count() const;
  SearchParameter search_parameter(std::size_t row) const;
  // Also finds those of Resource and DomainResource for any resource type that derives from them.
  bool FindSearchParameter(std::string_view type, std::string_view code, SearchParameter& out) const;

  // Types that a reference parameter may point to.
  TypeId target(const SearchParameter& parameter, std::size_t index) const;
  SearchComponent component(const SearchParameter& parameter, std::size_t index) const;

  std::size_t compartment_row_count() const;
  CompartmentRow compartment_row(std::size_t row) const;

 private:
  explicit Definitions(std::span<const std::byte> blob) : blob_(blob), layers_{blob} {}
  const blob::ProfileRow* RowOf(const Profile& profile) const;
  const blob::ProfileElementRow* RowOf(const ProfileElement& element) const;
  const blob::ElementTypeRow* RowOf(const ElementType& type) const;
  std::span<const std::byte> Layer(std::size_t layer) const { return layers_[layer]; }

  std::span<const std::byte> blob_;  // R4
  std::vector<std::span<const std::byte>> layers_;
};

// The R4 definitions that are linked into the program.
const Definitions& R4();

}  // namespace throughline::definitions
