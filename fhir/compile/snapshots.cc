#include "fhir/compile/snapshots.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "fhir/compile/element_tree.h"
#include "fhir/compile/profiles.h"

namespace throughline::compile {
namespace {

using definitions::Definitions;
using definitions::Profile;
using definitions::ProfileElement;
using definitions::ValueKind;

constexpr std::size_t kMostBases = 64;
constexpr std::ptrdiff_t kDeepestPath = 64;

bool IsTooDeep(const std::vector<ElementRules>& elements) {
  return std::ranges::any_of(
      elements, [](const ElementRules& element) { return std::ranges::count(element.path, '.') > kDeepestPath; });
}

std::vector<TypeRules> TypesOf(const Definitions& definitions, const ProfileElement& element) {
  std::vector<TypeRules> types;
  for (std::size_t i = 0; i < element.type_count; ++i) {
    const definitions::ElementType row = definitions.type(element, i);
    TypeRules type{std::string(row.code), {}, {}, row.aggregation};
    for (std::size_t k = 0; k < row.profile_count; ++k) {
      type.profiles.emplace_back(definitions.type_profile(row, k));
    }
    for (std::size_t k = 0; k < row.target_count; ++k) {
      type.targets.emplace_back(definitions.target_profile(row, k));
    }
    types.push_back(std::move(type));
  }
  return types;
}

std::vector<ConstraintRules> ConstraintsOf(const Definitions& definitions, const ProfileElement& element) {
  std::vector<ConstraintRules> constraints;
  for (std::size_t i = 0; i < element.constraint_count; ++i) {
    const definitions::Constraint row = definitions.constraint(element, i);
    constraints.push_back({std::string(row.key), std::string(row.human), std::string(row.expression),
                           std::string(row.source), row.severity});
  }
  return constraints;
}

std::vector<ValueRules> ValuesOf(const Definitions& definitions, const ProfileElement& element) {
  std::vector<ValueRules> values;
  for (const ValueKind kind : {ValueKind::kFixed, ValueKind::kPattern, ValueKind::kMinValue, ValueKind::kMaxValue}) {
    if (const definitions::ElementValue value = definitions.value(element, kind); !value.json.empty()) {
      values.push_back({kind, std::string(value.type), std::string(value.json)});
    }
  }
  return values;
}

std::optional<SlicingDraft> SlicingOf(const Definitions& definitions, const ProfileElement& element) {
  if (element.slicing == definitions::SlicingRules::kNone) {
    return std::nullopt;
  }
  SlicingDraft slicing{{}, element.slicing, element.ordered};
  for (std::size_t i = 0; i < element.discriminator_count; ++i) {
    const definitions::Discriminator row = definitions.discriminator(element, i);
    slicing.discriminators.push_back({row.type, std::string(row.path)});
  }
  return slicing;
}

ElementRules ToRules(const Definitions& definitions, const ProfileElement& element) {
  ElementRules rules{
      .id = std::string(element.id),
      .path = std::string(element.path),
      .slice_name = std::string(element.slice_name),
      .content_reference = std::string(element.content_reference),
      .min = element.min,
      .max = element.max,
      .base_max = element.base_max,
      .must_support = element.must_support,
      .modifier = element.modifier,
      .summary = element.summary,
      .max_length = {},
      .binding = {},
      .slicing = SlicingOf(definitions, element),
      .types = TypesOf(definitions, element),
      .values = ValuesOf(definitions, element),
      .constraints = ConstraintsOf(definitions, element),
  };
  if (element.max_length != 0) {
    rules.max_length = element.max_length;
  }
  if (element.binding != definitions::BindingStrength::kNone) {
    rules.binding = BindingRules{element.binding, std::string(element.value_set), std::string(element.max_value_set)};
  }
  return rules;
}

}  // namespace

ProfileDraft ReadRows(const Definitions& definitions, const Profile& profile) {
  ProfileDraft draft{std::string(profile.url),
                     std::string(profile.version),
                     std::string(profile.name),
                     std::string(profile.type),
                     std::string(profile.base),
                     profile.kind,
                     profile.derivation,
                     profile.abstract,
                     {},
                     {},
                     {}};
  for (std::size_t i = 0; i < profile.element_count; ++i) {
    draft.elements.push_back(ToRules(definitions, definitions.element(profile, i)));
  }
  return draft;
}

Snapshots::Snapshots(const Input& input, Published published) : input_(input), published_(published) {
  for (const json::Value& resource : input.resources) {
    if (resource.Get("resourceType").text() == "StructureDefinition") {
      own_.emplace(resource.Get("url").text(), resource);
    }
  }
}

Result<const ProfileDraft*> Snapshots::Find(std::string_view canonical) {
  const std::string_view url = canonical.substr(0, canonical.find('|'));
  if (const auto known = known_.find(url); known != known_.end()) {
    return known->second.get();
  }
  if (const auto own = own_.find(url); own != own_.end()) {
    if (auto read = ReadOwn(url, own->second); !read) {
      return std::move(read).error();
    }
    return known_.find(url)->second.get();
  }
  Profile profile;
  if (input_.below != nullptr && input_.below->FindProfile(url, profile)) {
    ReadBelow(profile);
    return known_.find(url)->second.get();
  }
  return MakeError(ErrorKind::kNotFound, "definitions-structure",
                   "StructureDefinition " + std::string(url.substr(0, kLongestShown)) +
                       " is neither in the package, nor in those that it depends on, nor in R4");
}

ElementRules Snapshots::RootOf(std::string_view canonical) {
  const std::string_view url = canonical.substr(0, canonical.find('|'));
  const auto own = own_.find(url);
  if (known_.contains(url) || own == own_.end()) {
    const auto found = Find(url);
    return found ? (*found)->elements.front() : ElementRules{};
  }
  for (const std::string_view part : {"snapshot", "differential"}) {
    for (ElementRules& element : ReadElements(own->second, part, input_.differences)) {
      if (element.path.find('.') == std::string::npos) {
        return std::move(element);
      }
    }
  }
  return {};
}

void Snapshots::ReadBelow(const Profile& profile) {
  known_.emplace(profile.url, std::make_unique<ProfileDraft>(ReadRows(*input_.below, profile)));
}

Result<void> Snapshots::ReadOwn(std::string_view url, const json::Value& definition) {
  if (!open_.emplace(url).second) {
    return Unusable(url, "its base definitions or the profiles of its types lead back to itself");
  }
  if (open_.size() > kMostBases) {
    return Unusable(url, "it stands on too many other definitions");
  }
  auto draft = ReadProfile(definition);
  if (!draft) {
    return std::move(draft).error();
  }
  if (published_ == Published::kTaken || draft->derivation != definitions::Derivation::kConstraint) {
    draft->elements = ReadElements(definition, "snapshot", input_.differences);
  }
  if (IsTooDeep(draft->elements)) {
    return Unusable(url, "its snapshot is nested too deeply");
  }
  if (draft->elements.empty()) {
    auto generated = Generate(*draft, ReadElements(definition, "differential", input_.differences));
    if (!generated) {
      return std::move(generated).error();
    }
    draft->elements = *std::move(generated);
  }
  open_.erase(std::string(url));
  known_.emplace(url, std::make_unique<ProfileDraft>(*std::move(draft)));
  return {};
}

Result<std::vector<ElementRules>> Snapshots::Generate(const ProfileDraft& profile,
                                                      std::vector<ElementRules> differential) {
  if (differential.empty()) {
    return Unusable(profile.url, "it has neither a snapshot nor a differential");
  }
  if (IsTooDeep(differential)) {
    return Unusable(profile.url, "its differential is nested too deeply");
  }
  if (profile.derivation != definitions::Derivation::kConstraint || profile.base.empty()) {
    return Unusable(profile.url, "it has no snapshot, and is no profile that one could be generated for");
  }
  auto base = Find(profile.base);
  if (!base) {
    Error error = std::move(base).error();
    return error.kind == ErrorKind::kNotFound ? Unusable(profile.url, "its base is not known: " + error.message)
                                              : std::move(error);
  }
  if ((*base)->type != profile.type) {
    return Unusable(profile.url, "it is for another type than its base");
  }
  ElementTree tree((*base)->elements, {[this](std::string_view canonical) { return Find(canonical); },
                                       [this](std::string_view canonical) { return RootOf(canonical); }});
  for (ElementRules& element : WithIds(std::move(differential))) {
    if (auto applied = tree.Apply(std::move(element)); !applied) {
      Error error = std::move(applied).error();
      return error.kind == ErrorKind::kNotFound ? Unusable(profile.url, error.message) : std::move(error);
    }
  }
  return tree.Flatten();
}

}  // namespace throughline::compile
