// What is compiled, before it is laid out: plain rows whose text points into the package.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/compiler/package.h"
#include "fhir/definitions/definitions.h"

namespace throughline::definitions::compiler {

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
  std::string_view value_set;
  std::vector<TypeId> targets;
  std::vector<std::string_view> target_urls;
};

struct TypeDraft {
  std::string name;
  std::string_view url;
  std::string_view base;  // name of the type
  TypeKind kind = TypeKind::kComplex;
  bool abstract = false;
  json::Value definition;              // null for backbones
  std::vector<ElementDraft> children;  // in the order of the definition
};

struct SearchParameterDraft {
  SearchParameter row;
  std::vector<TypeId> targets;
  std::vector<SearchComponent> components;
};

struct CodeDraft {
  std::string_view code;
  std::string_view system;
  friend auto operator<=>(const CodeDraft&, const CodeDraft&) = default;
};

struct ValueSetDraft {
  std::string url;
  std::vector<CodeDraft> codes;  // sorted, each once
};

struct Tables {
  std::string_view fhir_version;
  std::vector<TypeDraft> types;  // a type stands after its base
  std::map<std::string, TypeId, std::less<>> type_ids;
  std::vector<SearchParameterDraft> search_parameters;
  std::vector<CompartmentRow> compartments;
  std::vector<ValueSetDraft> value_sets;

  TypeId IdOf(std::string_view name) const;
  TypeId IdOfUrl(std::string_view url) const;
};

// Each fills its part of `tables`, in this order.
Result<void> CompileTypes(const Package& package, Tables& tables);
Result<void> CompileSearch(const Package& package, Tables& tables);
Result<void> CompileValueSets(const Package& package, Tables& tables);

// The bytes of the blob.
Result<std::string> LayOut(const Tables& tables);

}  // namespace throughline::definitions::compiler
