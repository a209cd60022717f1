// The steps of compiling, and what they leave for one another: plain rows whose text points into the input.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/compile/element_rules.h"
#include "fhir/compile/input.h"
#include "fhir/compile/writer.h"
#include "fhir/definitions/definitions.h"

namespace throughline::compile {

using definitions::BindingStrength;
using definitions::CompartmentRow;
using definitions::kNoType;
using definitions::kUnbounded;
using definitions::SearchComponent;
using definitions::SearchParameter;
using definitions::SearchType;
using definitions::TypeId;
using definitions::TypeKind;

struct ElementDraft {
  std::string name;
  std::string choice;
  std::string_view path;
  TypeId owner = kNoType;
  std::string type;  // name of the type; resolved when all types are known
  std::uint16_t min = 0;
  std::uint16_t max = 1;
  bool is_array = false;
  bool modifier = false;
  bool summary = false;
  BindingStrength binding = BindingStrength::kNone;
  std::string value_set;
  std::string max_value_set;
  std::vector<std::string_view> profiles;    // on its type
  std::vector<ConstraintRules> constraints;  // those that its type does not state, once all types are known
  std::vector<TypeId> targets;
  std::vector<std::string_view> target_urls;
};

struct TypeDraft {
  std::string name;
  std::string_view url;
  std::string_view base;  // name of the type
  TypeKind kind = TypeKind::kComplex;
  bool abstract = false;
  std::vector<ConstraintRules> constraints;
  json::Value definition;              // null for backbones
  std::vector<ElementDraft> children;  // in the order of the definition
};

struct Tables {
  std::string_view fhir_version;
  std::vector<TypeDraft> types;  // a type stands after its base
  std::map<std::string, TypeId, std::less<>> type_ids;
  const definitions::Definitions* below = nullptr;  // has the types of a package's resources; then there are none here

  std::set<std::pair<std::string, std::string>> stated_by_types;  // key and expression of constraints

  TypeId IdOf(std::string_view name) const;
  TypeId IdOfUrl(std::string_view url) const;
  bool IsAbstract(TypeId id) const;
};

blob::ConstraintRow ToRow(const ConstraintRules& rule, Writer& writer);
// Adds constraints and the list of them; the first entry of the list.
std::uint32_t AddConstraints(std::span<const ConstraintRules> rules, Writer& writer);
void LayOutTypes(const Tables& tables, Writer& writer);

// The steps, in this order. Each writes its rows; types and what is bound to them are kept in `tables` too.
Result<void> CompileTypes(const Input& input, Tables& tables, Writer& writer);
Result<void> CompileSearch(const Input& input, Tables& tables, Writer& writer);
Result<void> CompileCodeSystems(const Input& input, Tables& tables, Writer& writer);
Result<void> CompileConceptMaps(const Input& input, Tables& tables, Writer& writer);
Result<void> CompileProfiles(const Input& input, Tables& tables, Writer& writer);
Result<void> CompileValueSets(const Input& input, Tables& tables, Writer& writer);

}  // namespace throughline::compile
