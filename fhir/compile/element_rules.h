// An ElementDefinition as far as it constrains: read from a differential or a snapshot, merged, laid out as rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/value.h"

namespace throughline::compile {

inline constexpr std::string_view kStructureUrl = "http://hl7.org/fhir/StructureDefinition/";
inline constexpr std::string_view kSystemUrl = "http://hl7.org/fhirpath/System.";
inline constexpr std::size_t kLongestShown = 256;  // of a name or path of others in a message

struct ConstraintRules {
  std::string key;
  std::string human;
  std::string expression;
  std::string source;
  definitions::ConstraintSeverity severity = definitions::ConstraintSeverity::kError;
  friend bool operator==(const ConstraintRules&, const ConstraintRules&) = default;
};

struct TypeRules {
  std::string code;
  std::vector<std::string> profiles;
  std::vector<std::string> targets;
  std::uint8_t aggregation = 0;
  friend bool operator==(const TypeRules&, const TypeRules&) = default;
};

struct ValueRules {
  definitions::ValueKind kind = definitions::ValueKind::kFixed;
  std::string type;
  std::string json;
  friend bool operator==(const ValueRules&, const ValueRules&) = default;
};

struct BindingRules {
  definitions::BindingStrength strength = definitions::BindingStrength::kNone;
  std::string value_set;
  std::string max_value_set;
  friend bool operator==(const BindingRules&, const BindingRules&) = default;
};

struct DiscriminatorRules {
  definitions::DiscriminatorType type = definitions::DiscriminatorType::kValue;
  std::string path;
  friend bool operator==(const DiscriminatorRules&, const DiscriminatorRules&) = default;
};

struct SlicingDraft {
  std::vector<DiscriminatorRules> discriminators;
  definitions::SlicingRules rules = definitions::SlicingRules::kOpen;
  bool ordered = false;
  friend bool operator==(const SlicingDraft&, const SlicingDraft&) = default;
};

// What is not said is empty: a differential says only what it changes.
struct ElementRules {
  std::string id;
  std::string path;
  std::string slice_name;
  std::string content_reference;  // id of an element: without "#" and what stands before it
  std::optional<std::uint16_t> min;
  std::optional<std::uint16_t> max;
  std::optional<std::uint16_t> base_max;
  std::optional<bool> must_support;
  std::optional<bool> modifier;
  std::optional<bool> summary;
  std::optional<std::uint32_t> max_length;
  std::optional<BindingRules> binding;
  std::optional<SlicingDraft> slicing;
  std::vector<TypeRules> types;
  std::vector<ValueRules> values;
  std::vector<ConstraintRules> constraints;
};

// Reads the elements of one StructureDefinition.
struct ElementReader {
  std::string_view url;               // of the definition: source of the constraints that name none
  bool is_resource = false;           // its kind
  std::string_view resource_id_type;  // type of a resource's id

  ElementRules Read(const json::Value& element) const;
  std::vector<ConstraintRules> Constraints(const json::Value& element) const;
  // Name of a type of the element at `path`: System types are read as the FHIR type that they annotate.
  std::string TypeName(std::string_view path, const json::Value& type) const;
};

// "Patient.name.given" -> "given" and "Patient.name".
std::string_view LastPart(std::string_view path);
std::string_view ParentOf(std::string_view path);  // empty for a root

// "3" -> 3, "*" -> kUnbounded.
std::uint16_t CountOf(std::string_view text);
definitions::BindingStrength StrengthOf(std::string_view code);

}  // namespace throughline::compile
