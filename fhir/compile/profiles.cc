#include "fhir/compile/profiles.h"

#include <algorithm>
#include <array>

#include "fhir/compile/codes.h"
#include "fhir/compile/snapshots.h"

namespace throughline::compile {
namespace {

using definitions::ContextKind;
using definitions::Derivation;
using definitions::StructureKind;

constexpr auto kStructureKinds = std::to_array<CodeRow<StructureKind>>({{"primitive-type", StructureKind::kPrimitive},
                                                                        {"complex-type", StructureKind::kComplex},
                                                                        {"resource", StructureKind::kResource},
                                                                        {"logical", StructureKind::kLogical}});
constexpr auto kDerivations = std::to_array<CodeRow<Derivation>>({{"", Derivation::kNone},
                                                                  {"specialization", Derivation::kSpecialization},
                                                                  {"constraint", Derivation::kConstraint}});
constexpr auto kContexts = std::to_array<CodeRow<ContextKind>>(
    {{"fhirpath", ContextKind::kFhirpath}, {"element", ContextKind::kElement}, {"extension", ContextKind::kExtension}});

using Stated = std::set<std::pair<std::string, std::string>>;

// Those that a profile on an element's type brings are stated by no type.
void AddStated(const ConstraintRules& rule, const Tables& tables, Stated& stated) {
  if (tables.IdOfUrl(rule.source) != kNoType) {
    stated.emplace(rule.key, rule.expression);
  }
}

ConstraintRules ConstraintRulesOf(const definitions::Constraint& row) {
  return {std::string(row.key), {}, std::string(row.expression), std::string(row.source), row.severity};
}

// Constraints that the types of R4 state: a profile repeats them, and checking the type checks them.
Stated StatedByTypes(const Tables& tables) {
  Stated stated;
  for (const TypeDraft& type : tables.types) {
    for (const ConstraintRules& rule : type.constraints) {
      AddStated(rule, tables, stated);
    }
    for (const ElementDraft& element : type.children) {
      for (const ConstraintRules& rule : element.constraints) {
        AddStated(rule, tables, stated);
      }
    }
  }
  return stated;
}

Stated StatedByTypes(const definitions::Definitions& below, const Tables& tables) {
  Stated stated;
  for (std::size_t id = 0; id < below.type_count(); ++id) {
    const definitions::Type type = below.type(static_cast<TypeId>(id));
    for (std::size_t i = 0; i < type.constraint_count; ++i) {
      AddStated(ConstraintRulesOf(below.constraint(type, i)), tables, stated);
    }
    for (std::size_t child = 0; child < below.child_count(type.id); ++child) {
      const definitions::Element element = below.child(type.id, child);
      for (std::size_t i = 0; i < element.constraint_count; ++i) {
        AddStated(ConstraintRulesOf(below.constraint(element, i)), tables, stated);
      }
    }
  }
  return stated;
}

// A package constrains the types of R4; it brings none.
Result<void> CheckUsable(const json::Value& definition, const Tables& tables) {
  const std::string_view url = definition.Get("url").text();
  if (definition.Get("kind").text() == "logical") {
    return {};
  }
  if (definition.Get("derivation").text() != "constraint") {
    return Unusable(url, "it defines a type, and types come from R4 alone");
  }
  if (tables.IdOf(definition.Get("type").text()) == definitions::kNoType) {
    return Unusable(url, "its type is none of R4's");
  }
  return {};
}

// Nothing here describes resources, and nothing says what it would be generated from.
bool IsBareLogicalModel(const json::Value& definition) {
  return definition.Get("kind").text() == "logical" && definition.Get("snapshot").Get("element").items().empty();
}

}  // namespace

Error Unusable(std::string_view url, std::string_view why) {
  return MakeError(ErrorKind::kInvalid, "definitions-structure",
                   "StructureDefinition " + std::string(url) + ": " + std::string(why));
}

Result<ProfileDraft> ReadProfile(const json::Value& definition) {
  ProfileDraft draft;
  draft.url = definition.Get("url").text();
  draft.version = definition.Get("version").text();
  draft.name = definition.Get("name").text();
  draft.type = definition.Get("type").text();
  draft.base = definition.Get("baseDefinition").text();
  draft.abstract = definition.Get("abstract").boolean();
  if (draft.url.empty() || draft.type.empty()) {
    return Unusable(draft.url, "it has no url or no type");
  }
  if (!FindWord(kStructureKinds, definition.Get("kind").text(), draft.kind)) {
    return Unusable(draft.url, "its kind is none of R4's");
  }
  if (!FindWord(kDerivations, definition.Get("derivation").text(), draft.derivation)) {
    return Unusable(draft.url, "its derivation is none of R4's");
  }
  for (const json::Value& context : definition.Get("context").items()) {
    ContextKind kind = ContextKind::kElement;
    if (!FindWord(kContexts, context.Get("type").text(), kind)) {
      return Unusable(draft.url, "the type of its context is none of R4's");
    }
    draft.contexts.emplace_back(kind, context.Get("expression").text());
  }
  for (const json::Value& invariant : definition.Get("contextInvariant").items()) {
    draft.invariants.emplace_back(invariant.text());
  }
  return draft;
}

std::vector<ElementRules> ReadElements(const json::Value& definition, std::string_view part,
                                       const Differences& differences) {
  const ElementReader reader{definition.Get("url").text(), definition.Get("kind").text() == "resource",
                             differences.resource_id_type};
  std::vector<ElementRules> elements;
  for (const json::Value& element : definition.Get(part).Get("element").items()) {
    if (!differences.dropped_elements.contains(element.Get("path").text())) {
      elements.push_back(reader.Read(element));
    }
  }
  return elements;
}

Result<void> CompileProfiles(const Input& input, Tables& tables, Writer& writer) {
  tables.stated_by_types = input.below == nullptr ? StatedByTypes(tables) : StatedByTypes(*input.below, tables);
  Snapshots snapshots(input);
  for (const json::Value& definition : input.ResourcesOf("StructureDefinition")) {
    if (input.below != nullptr) {
      if (auto usable = CheckUsable(definition, tables); !usable) {
        return usable;
      }
      if (IsBareLogicalModel(definition)) {
        continue;
      }
    }
    auto draft = snapshots.Find(definition.Get("url").text());
    if (!draft) {
      return std::move(draft).error();
    }
    if (auto laid_out = LayOutProfile(**draft, tables, writer); !laid_out) {
      return laid_out;
    }
  }
  return {};
}

}  // namespace throughline::compile
