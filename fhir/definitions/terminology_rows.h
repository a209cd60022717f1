// Rows of code systems, value sets and concept maps, as the compiler writes them and fhir/terminology reads them.
#pragma once

#include <cstdint>
#include <string_view>

namespace throughline::definitions::blob {

struct Text {
  std::uint32_t offset;
  std::uint32_t size;
};

// https://hl7.org/fhir/R4/valueset-codesystem-content-mode.html, in its order.
enum class Content : std::uint32_t { kNotPresent, kExample, kFragment, kComplete, kSupplement };

// https://hl7.org/fhir/R4/codesystem.html
struct CodeSystemRow {
  Text url;
  Text version;
  Text value_set;    // canonical of the value set of all codes
  Text supplements;  // canonical; of supplements alone
  std::uint32_t first_concept;
  std::uint32_t concept_count;
  std::uint32_t first_declared;  // properties that the system declares
  std::uint32_t declared_count;
  Content content;
  std::uint32_t flags;
};
inline constexpr std::uint32_t kAnyCase = 1;    // codes are the same whatever their case
inline constexpr std::uint32_t kNestedIsA = 2;  // that a concept stands within another one means "is a"

// Concepts of a system stand side by side in the order of the document: what is nested in a concept follows it, up to
// `end`. Ancestors beyond nesting (by parent and child properties) are listed, sorted, each once.
struct ConceptRow {
  Text code;
  Text display;
  std::uint32_t parent;  // by nesting; kNone at the top
  std::uint32_t end;     // index after the last concept nested in this one
  std::uint32_t first_ancestor;
  std::uint32_t ancestor_count;
  std::uint32_t first_property;
  std::uint32_t first_designation;
  std::uint32_t property_count;
  std::uint32_t designation_count;
  std::uint32_t flags;
};
inline constexpr std::uint32_t kNotSelectable = 1;
inline constexpr std::uint32_t kInactive = 2;
inline constexpr std::uint32_t kDeprecated = 4;

enum class PropertyKind : std::uint32_t { kCode, kCoding, kString, kInteger, kBoolean, kDateTime, kDecimal };

struct DeclaredPropertyRow {
  Text code;
  Text uri;
  PropertyKind kind;
};

struct PropertyRow {
  Text code;
  Text value;  // of a Coding its code
  PropertyKind kind;
};

struct DesignationRow {
  Text language;
  Text value;
};

// https://hl7.org/fhir/R4/valueset.html
struct ValueSetRow {
  Text url;
  Text version;
  std::uint32_t first_include;  // includes, then excludes
  std::uint32_t include_count;
  std::uint32_t exclude_count;
  std::uint32_t first_listed;  // its published expansion
  std::uint32_t listed_count;
  std::uint32_t flags;
};
inline constexpr std::uint32_t kComposed = 1;         // has a compose
inline constexpr std::uint32_t kListed = 2;           // has an expansion, and it is whole
inline constexpr std::uint32_t kWithoutInactive = 4;  // compose.inactive is false

// Everything that one include names together must hold.
struct IncludeRow {
  Text system;
  Text version;
  std::uint32_t first_concept;
  std::uint32_t concept_count;
  std::uint32_t first_filter;
  std::uint32_t first_set;
  std::uint32_t filter_count;
  std::uint32_t set_count;
};

struct IncludedConceptRow {
  Text code;
  Text display;
};

// https://hl7.org/fhir/R4/valueset-filter-operator.html, in its order.
enum class FilterOperator : std::uint32_t {
  kEqual,
  kIsA,
  kDescendentOf,
  kIsNotA,
  kRegex,
  kIn,
  kNotIn,
  kGeneralizes,
  kExists,
  kOther,  // not of R4
};

struct FilterRow {
  Text property;
  Text value;
  FilterOperator op;
};

struct ListedConceptRow {
  Text system;
  Text version;
  Text code;
  Text display;
  std::uint32_t flags;  // kNotSelectable, kInactive
};

// https://hl7.org/fhir/R4/conceptmap.html
struct ConceptMapRow {
  Text url;
  Text version;
  Text source;  // canonical of a value set; empty: none is named
  Text target;
  std::uint32_t first_group;
  std::uint32_t group_count;
};

inline constexpr std::uint16_t kEquivalenceCount = 10;

enum class Unmapped : std::uint32_t { kNone, kProvided, kFixed, kOtherMap };

struct MapGroupRow {
  Text source;
  Text source_version;
  Text target;
  Text target_version;
  Text unmapped_code;
  Text unmapped_display;
  Text unmapped_url;
  std::uint32_t first_element;  // sorted by code
  std::uint32_t element_count;
  std::uint32_t first_reverse;  // indexes of targets, sorted by their code
  std::uint32_t reverse_count;
  Unmapped unmapped;
};

// Several rows of a code stand side by side in the order of the document.
struct MapElementRow {
  Text code;
  Text display;
  std::uint32_t first_target;
  std::uint32_t target_count;
};

struct MapTargetRow {
  Text code;  // empty: the map says that there is none
  Text display;
  std::uint32_t element;
  std::uint16_t equivalence;  // https://hl7.org/fhir/R4/valueset-concept-map-equivalence.html, in its order
  std::uint16_t conditional;  // 1: it depends on other elements
};

}  // namespace throughline::definitions::blob
