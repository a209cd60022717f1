// The layout of the blob that the compiler writes and Definitions reads: a header, then sections of rows. R4 is one
// blob; each package is another of the same format, without types of its own.
//
// Everything is little-endian and aligned as on the machine that runs the build, which is the machine kind it runs on.
// A row refers to text by offset and size in the text section and to other rows by index.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "fhir/definitions/terminology_rows.h"

namespace throughline::definitions::blob {

inline constexpr std::array<char, 8> kMagic = {'T', 'L', 'F', 'H', 'I', 'R', '\n', '\0'};
inline constexpr std::uint32_t kVersion = 4;  // counts changes of this file
inline constexpr std::uint32_t kNone = 0xFFFFFFFF;

struct TypeRow {
  Text name;
  Text url;
  std::uint32_t first_child;
  std::uint16_t child_count;
  std::uint16_t base;  // a smaller id, or kNoType
  std::uint32_t first_required;
  std::uint16_t required_count;
  std::uint8_t kind;
  std::uint8_t abstract;
  std::uint32_t first_constraint;  // in kConstraintLists
  std::uint32_t constraint_count;
};

struct ElementRow {
  Text name;
  Text choice;
  Text path;
  Text value_set;
  Text max_value_set;
  std::uint32_t first_target;
  std::uint32_t first_constraint;  // in kConstraintLists
  std::uint16_t constraint_count;
  std::uint16_t target_count;
  std::uint16_t owner;
  std::uint16_t type;
  std::uint16_t min;
  std::uint16_t max;
  std::uint8_t binding;
  std::uint8_t flags;  // kArray, kModifier, kSummary
  std::uint16_t reserved;
};
inline constexpr std::uint8_t kArray = 1;
inline constexpr std::uint8_t kModifier = 2;
inline constexpr std::uint8_t kSummary = 4;
inline constexpr std::uint8_t kMustSupport = 8;  // of profile elements

struct ChoiceRow {
  Text name;
  std::uint16_t owner;
  std::uint16_t first;  // index among the owner's children
  std::uint16_t count;
  std::uint16_t reserved;
};

struct SearchParameterRow {
  Text code;
  Text url;
  Text base;
  Text expression;
  std::uint32_t first_target;
  std::uint16_t target_count;
  std::uint16_t component_count;
  std::uint32_t first_component;
  std::uint8_t type;
  std::uint8_t reserved[3];
};

struct ComponentRow {
  Text definition;
  Text expression;
};

struct CompartmentRow {
  Text compartment;
  Text type;
  Text parameter;
};

struct ConstraintRow {
  Text key;
  Text human;
  Text expression;
  Text source;
  std::uint32_t severity;
};

// An entry of kConstraintLists is the row of a constraint, with this bit when the types of R4 hold it already.
inline constexpr std::uint32_t kInherited = 0x80000000;

struct ProfileRow {
  Text url;
  Text version;
  Text name;
  Text type;
  Text base;
  std::uint32_t first_element;
  std::uint32_t element_count;
  std::uint32_t first_context;
  std::uint32_t first_invariant;  // in kCanonicals
  std::uint16_t context_count;
  std::uint16_t invariant_count;
  std::uint16_t type_id;
  std::uint8_t kind;
  std::uint8_t derivation;
  std::uint32_t abstract;
};

struct ContextRow {
  Text expression;
  std::uint32_t kind;
};

// Indexes of relatives count from the profile's first element.
struct ProfileElementRow {
  Text id;
  Text path;
  Text slice_name;
  Text content_reference;
  Text value_set;
  Text max_value_set;
  std::uint16_t parent;
  std::uint16_t first_child;
  std::uint16_t next_sibling;
  std::uint16_t content;
  std::uint16_t min;
  std::uint16_t max;
  std::uint16_t base_max;
  std::uint16_t type_count;
  std::uint32_t first_type;
  std::uint32_t first_constraint;  // in kConstraintLists
  std::uint32_t first_value;
  std::uint32_t first_discriminator;
  std::uint32_t max_length;
  std::uint16_t constraint_count;
  std::uint16_t discriminator_count;
  std::uint8_t value_count;
  std::uint8_t binding;
  std::uint8_t flags;
  std::uint8_t slicing;  // SlicingRules
  std::uint32_t ordered;
};

struct ElementTypeRow {
  Text code;
  std::uint32_t first_profile;  // in kCanonicals
  std::uint32_t first_target;   // in kCanonicals
  std::uint16_t profile_count;
  std::uint16_t target_count;
  std::uint16_t type_id;
  std::uint16_t aggregation;
};

struct ElementValueRow {
  Text type;
  Text json;
  std::uint32_t kind;
};

struct DiscriminatorRow {
  Text path;
  std::uint32_t type;
};

enum Section : std::uint8_t {
  kText,
  kTypes,
  kElements,
  kTargets,   // type ids
  kRequired,  // indexes among a type's children
  kChoices,
  kSearchParameters,
  kComponents,
  kCompartments,
  kTypeSeeds,
  kTypeSlots,
  kTypeUrlSeeds,
  kTypeUrlSlots,
  kChildSeeds,
  kChildSlots,
  kChoiceSeeds,
  kChoiceSlots,
  kSearchParameterSeeds,
  kSearchParameterSlots,
  kConstraints,
  kConstraintLists,
  kProfiles,
  kProfileElements,
  kElementTypes,
  kElementValues,
  kDiscriminators,
  kContexts,
  kCanonicals,  // texts: canonicals and expressions
  kProfileSeeds,
  kProfileSlots,
  kCodeSystems,
  kConcepts,
  kAncestors,  // indexes of concepts
  kDeclaredProperties,
  kProperties,
  kDesignations,
  kValueSets,
  kIncludes,
  kIncludedConcepts,
  kFilters,
  kIncludedSets,  // canonicals
  kListedConcepts,
  kConceptMaps,
  kMapGroups,
  kMapElements,
  kMapTargets,
  kMapReverse,       // indexes of targets
  kCodeSystemSeeds,  // url
  kCodeSystemSlots,
  kConceptSeeds,  // code, in its system: see CodeKey()
  kConceptSlots,
  kValueSetSeeds,  // url
  kValueSetSlots,
  kIncludedConceptSeeds,  // code, in its include
  kIncludedConceptSlots,
  kListedConceptSeeds,  // code and system, in their set
  kListedConceptSlots,
  kConceptMapSeeds,  // url
  kConceptMapSlots,
  kSectionCount,
};

inline constexpr std::array<std::size_t, kSectionCount> kRowSize = {
    1,
    sizeof(TypeRow),
    sizeof(ElementRow),
    sizeof(std::uint16_t),
    sizeof(std::uint16_t),
    sizeof(ChoiceRow),
    sizeof(SearchParameterRow),
    sizeof(ComponentRow),
    sizeof(CompartmentRow),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(ConstraintRow),
    sizeof(std::uint32_t),
    sizeof(ProfileRow),
    sizeof(ProfileElementRow),
    sizeof(ElementTypeRow),
    sizeof(ElementValueRow),
    sizeof(DiscriminatorRow),
    sizeof(ContextRow),
    sizeof(Text),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(CodeSystemRow),
    sizeof(ConceptRow),
    sizeof(std::uint32_t),
    sizeof(DeclaredPropertyRow),
    sizeof(PropertyRow),
    sizeof(DesignationRow),
    sizeof(ValueSetRow),
    sizeof(IncludeRow),
    sizeof(IncludedConceptRow),
    sizeof(FilterRow),
    sizeof(Text),
    sizeof(ListedConceptRow),
    sizeof(ConceptMapRow),
    sizeof(MapGroupRow),
    sizeof(MapElementRow),
    sizeof(MapTargetRow),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
    sizeof(std::uint32_t),
};

struct Span {
  std::uint32_t offset;  // bytes from the start of the blob; a multiple of 8
  std::uint32_t count;   // rows
};

struct Header {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t size;         // of the whole blob
  std::uint64_t fingerprint;  // of all sections
  std::uint64_t r4;           // of a package: the fingerprint of the R4 blob whose types its rows name; 0 for R4
  Text fhir_version;
  Text package;              // "hl7.fhir.us.core"; empty for R4
  Text package_version;      // "3.1.0"
  std::uint32_t type_count;  // of R4
  std::uint32_t reserved;
  std::array<Span, kSectionCount> sections;
};

// Perfect hashing by "hash and displace": a key's first hash picks a seed, the seed picks the one slot where its row
// can be. A lookup is one probe and one comparison.
constexpr std::uint64_t Mix(std::uint64_t hash) {
  hash ^= hash >> 32;
  hash *= 0xD6E8FEB86659FD93u;
  hash ^= hash >> 32;
  hash *= 0xD6E8FEB86659FD93u;
  return hash ^ (hash >> 32);
}

inline std::uint64_t Hash(std::string_view text, std::uint64_t salt) {
  std::uint64_t hash = (salt + 1) * 0x9E3779B97F4A7C15u ^ text.size();
  std::uint64_t word = 0;
  while (text.size() >= sizeof word) {
    std::memcpy(&word, text.data(), sizeof word);
    hash = Mix(hash ^ word);
    text.remove_prefix(sizeof word);
  }
  word = 0;
  for (const char c : text) {
    word = word << 8 | static_cast<unsigned char>(c);
  }
  return Mix(hash ^ word);
}

// The key of a code in the code system, include or published expansion that is row `owner` of its section.
inline std::uint64_t CodeKey(std::string_view code, std::uint32_t owner) { return Hash(code, owner); }
inline std::uint64_t ListedKey(std::string_view system, std::string_view code, std::uint32_t owner) {
  return Hash(code, Hash(system, owner));
}
// CodeKey() in a code system with kAnyCase; `code` is in small letters (ASCII).
inline std::uint64_t AnyCaseKey(std::string_view code, std::uint32_t owner) {
  return Hash(code, 0x1'0000'0000u + owner);
}

constexpr std::uint32_t Reduce(std::uint64_t hash, std::uint32_t count) {
  return static_cast<std::uint32_t>((hash >> 32) * count >> 32);
}
constexpr std::uint32_t BucketOf(std::uint64_t hash, std::uint32_t buckets) { return Reduce(hash, buckets); }
constexpr std::uint32_t SlotOf(std::uint64_t hash, std::uint32_t seed, std::uint32_t slots) {
  return Reduce(Mix(hash + seed * 0x9E3779B97F4A7C15u), slots);
}

}  // namespace throughline::definitions::blob
