#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "fhir/compile/element_rules.h"
#include "fhir/compile/tables.h"

namespace throughline::compile {
namespace {

struct TypeKindRow {
  std::string_view code;
  TypeKind kind;
};
constexpr std::array kTypeKinds = {
    TypeKindRow{"primitive-type", TypeKind::kPrimitive},
    TypeKindRow{"complex-type", TypeKind::kComplex},
    TypeKindRow{"resource", TypeKind::kResource},
};

std::string Capitalised(std::string_view text) {
  std::string result(text);
  if (!result.empty() && result[0] >= 'a' && result[0] <= 'z') {
    result[0] = static_cast<char>(result[0] - 'a' + 'A');
  }
  return result;
}

// One definition's snapshot becomes the rows of its type and of the backbones nested in it.
class Snapshot {
 public:
  Snapshot(const json::Value& definition, const Differences& differences, Tables& tables)
      : name_(definition.Get("type").text()),
        kind_(definition.Get("kind").text()),
        elements_(definition.Get("snapshot").Get("element").items()),
        differences_(differences),
        reader_{definition.Get("url").text(), kind_ == "resource", differences.resource_id_type},
        tables_(tables) {
    for (const json::Value& element : elements_) {
      parents_.insert(ParentOf(element.Get("path").text()));
    }
  }

  Result<void> Compile() {
    for (const json::Value& element : elements_) {
      const std::string_view path = element.Get("path").text();
      if (path == name_) {
        tables_.types[tables_.IdOf(name_)].constraints = reader_.Constraints(element);
      }
      if (path.find('.') == std::string_view::npos || differences_.dropped_elements.contains(path) || IsValue(path)) {
        continue;
      }
      if (IsBackbone(path)) {
        AddBackbone(path, element);
      }
      const TypeId owner = tables_.IdOf(ParentOf(path));
      if (owner == kNoType) {
        return MakeError(ErrorKind::kInvalid, "definitions-parent", std::string(path) + ": its parent is not defined");
      }
      AddRows(owner, path, element);
    }
    return {};
  }

 private:
  bool IsBackbone(std::string_view path) const { return parents_.contains(path); }
  // The value of a primitive type is the JSON value itself, not a member of it.
  bool IsValue(std::string_view path) const {
    return kind_ == "primitive-type" && LastPart(path) == "value" && ParentOf(path) == name_;
  }

  void AddBackbone(std::string_view path, const json::Value& element) {
    TypeDraft type;
    type.name = path;
    type.base = element.Get("type").items()[0].Get("code").text();
    type.kind = TypeKind::kBackbone;
    type.constraints = reader_.Constraints(element);
    tables_.type_ids[type.name] = static_cast<TypeId>(tables_.types.size());
    tables_.types.push_back(std::move(type));
  }

  void AddRows(TypeId owner, std::string_view path, const json::Value& element) {
    ElementDraft draft = Common(owner, path, element);
    const std::string_view reference = element.Get("contentReference").text();
    if (!reference.empty()) {
      draft.type = reference.substr(1);
      Add(std::move(draft));
    } else if (IsBackbone(path)) {
      draft.type = path;
      Add(std::move(draft));
    } else {
      AddTyped(draft, element);
    }
  }

  void AddTyped(const ElementDraft& common, const json::Value& element) {
    const bool is_choice = common.name.ends_with("[x]");
    for (const json::Value& type : element.Get("type").items()) {
      ElementDraft draft = common;
      draft.type = reader_.TypeName(common.path, type);
      if (draft.type.starts_with(kSystemUrl)) {
        draft.type = "string";
      }
      for (const json::Value& profile : type.Get("profile").items()) {
        draft.profiles.push_back(profile.text());
      }
      if (is_choice) {
        draft.choice = common.name.substr(0, common.name.size() - 3);
        draft.name = draft.choice + Capitalised(draft.type);
      }
      for (const json::Value& target : type.Get("targetProfile").items()) {
        draft.target_urls.push_back(target.text());
      }
      Add(std::move(draft));
    }
  }

  ElementDraft Common(TypeId owner, std::string_view path, const json::Value& element) const {
    ElementDraft draft;
    draft.name = LastPart(path);
    draft.path = path;
    draft.owner = owner;
    draft.min = CountOf(element.Get("min").text());
    draft.max = CountOf(element.Get("max").text());
    draft.is_array = element.Get("base").Get("max").text() != "1";
    draft.modifier = element.Get("isModifier").boolean();
    draft.summary = element.Get("isSummary").boolean();
    const BindingRules binding = reader_.Read(element).binding.value_or(BindingRules{});
    draft.binding = binding.strength;
    draft.value_set = binding.value_set;
    draft.max_value_set = binding.max_value_set;
    draft.constraints = reader_.Constraints(element);
    return draft;
  }

  void Add(ElementDraft draft) { tables_.types[draft.owner].children.push_back(std::move(draft)); }

  std::string_view name_;
  std::string_view kind_;
  std::span<const json::Value> elements_;
  const Differences& differences_;
  ElementReader reader_;
  Tables& tables_;
  std::set<std::string_view> parents_;
};

std::optional<TypeDraft> ToType(const json::Value& definition) {
  const auto* const kind = std::ranges::find(kTypeKinds, definition.Get("kind").text(), &TypeKindRow::code);
  if (kind == kTypeKinds.end() || definition.Get("derivation").text() == "constraint") {
    return std::nullopt;
  }
  TypeDraft type;
  type.name = definition.Get("type").text();
  type.url = definition.Get("url").text();
  const std::string_view base = definition.Get("baseDefinition").text();
  type.base = base.starts_with(kStructureUrl) ? base.substr(kStructureUrl.size()) : "";
  type.kind = kind->kind;
  type.abstract = definition.Get("abstract").boolean();
  type.definition = definition;
  return type;
}

// Adds the types in rounds, so that each stands after its base.
Result<void> OrderTypes(std::vector<TypeDraft> waiting, Tables& tables) {
  while (!waiting.empty()) {
    std::vector<TypeDraft> later;
    for (TypeDraft& type : waiting) {
      if (!type.base.empty() && tables.IdOf(type.base) == kNoType) {
        later.push_back(std::move(type));
        continue;
      }
      tables.type_ids[type.name] = static_cast<TypeId>(tables.types.size());
      tables.types.push_back(std::move(type));
    }
    if (later.size() == waiting.size()) {
      return MakeError(ErrorKind::kInvalid, "definitions-base", later[0].name + ": its base type is not defined");
    }
    waiting = std::move(later);
  }
  return {};
}

// Targets are types; a reference to any resource needs no list.
void ResolveTargets(ElementDraft& element, const Tables& tables) {
  for (const std::string_view url : element.target_urls) {
    const TypeId target = tables.IdOfUrl(url);
    if (target == kNoType || tables.IsAbstract(target)) {
      element.targets.clear();
      return;
    }
    element.targets.push_back(target);
  }
}

bool States(const std::vector<ConstraintRules>& rules, std::string_view key) {
  return std::ranges::find(rules, key, &ConstraintRules::key) != rules.end();
}

// Constraints of the profiles that base types put on an element's type ("SimpleQuantity"), by the profile's url.
using ProfileConstraints = std::map<std::string_view, std::vector<ConstraintRules>>;

ProfileConstraints ConstraintsOfProfiles(const Input& input) {
  ProfileConstraints found;
  for (const json::Value& definition : input.ResourcesOf("StructureDefinition")) {
    const auto elements = definition.Get("snapshot").Get("element").items();
    if (definition.Get("derivation").text() == "constraint" && !elements.empty()) {
      const std::string_view url = definition.Get("url").text();
      found[url] = ElementReader{.url = url, .resource_id_type = {}}.Constraints(elements[0]);
    }
  }
  return found;
}

// An element keeps what it adds to its type, and gets what a profile on its type adds.
void ResolveConstraints(ElementDraft& element, const ProfileConstraints& profiles, const Tables& tables) {
  const std::vector<ConstraintRules>& own = tables.types[tables.IdOf(element.type)].constraints;
  for (const std::string_view url : element.profiles) {
    const auto profile = profiles.find(url);
    if (profile != profiles.end()) {
      element.constraints.insert(element.constraints.end(), profile->second.begin(), profile->second.end());
    }
  }
  std::vector<ConstraintRules> added;
  for (ConstraintRules& rule : element.constraints) {
    if (!States(own, rule.key) && !States(added, rule.key)) {
      added.push_back(std::move(rule));
    }
  }
  element.constraints = std::move(added);
}

Result<void> Resolve(const Input& input, Tables& tables) {
  const ProfileConstraints profiles = ConstraintsOfProfiles(input);
  for (TypeDraft& type : tables.types) {
    for (ElementDraft& element : type.children) {
      if (tables.IdOf(element.type) == kNoType) {
        return MakeError(ErrorKind::kInvalid, "definitions-type",
                         std::string(element.path) + ": its type is not defined");
      }
      ResolveTargets(element, tables);
      ResolveConstraints(element, profiles, tables);
    }
  }
  return {};
}

}  // namespace

TypeId Tables::IdOf(std::string_view name) const {
  if (below != nullptr) {
    return below->FindType(name);
  }
  const auto found = type_ids.find(name);
  return found == type_ids.end() ? kNoType : found->second;
}

TypeId Tables::IdOfUrl(std::string_view url) const {
  return url.starts_with(kStructureUrl) ? IdOf(url.substr(kStructureUrl.size())) : kNoType;
}

bool Tables::IsAbstract(TypeId id) const { return below != nullptr ? below->type(id).abstract : types[id].abstract; }

Result<void> CompileTypes(const Input& input, Tables& tables, Writer& writer) {
  if (input.below != nullptr) {
    tables.below = input.below;
    tables.fhir_version = input.below->fhir_version();
    return {};
  }
  std::vector<TypeDraft> types;
  for (const json::Value& definition : input.ResourcesOf("StructureDefinition")) {
    if (auto type = ToType(definition)) {
      tables.fhir_version = definition.Get("fhirVersion").text();
      types.push_back(*std::move(type));
    }
  }
  if (auto ordered = OrderTypes(std::move(types), tables); !ordered) {
    return ordered;
  }
  const std::size_t defined = tables.types.size();
  for (std::size_t id = 0; id < defined; ++id) {
    const json::Value definition = tables.types[id].definition;
    if (auto compiled = Snapshot(definition, input.differences, tables).Compile(); !compiled) {
      return compiled;
    }
  }
  if (auto resolved = Resolve(input, tables); !resolved) {
    return resolved;
  }
  LayOutTypes(tables, writer);
  return {};
}

}  // namespace throughline::compile
