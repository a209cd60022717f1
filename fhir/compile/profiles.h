// StructureDefinitions of any kind, on their way into rows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/compile/element_rules.h"
#include "fhir/compile/tables.h"

namespace throughline::compile {

struct ProfileDraft {
  std::string url;
  std::string version;
  std::string name;
  std::string type;
  std::string base;
  definitions::StructureKind kind = definitions::StructureKind::kComplex;
  definitions::Derivation derivation = definitions::Derivation::kNone;
  bool abstract = false;
  std::vector<std::pair<definitions::ContextKind, std::string>> contexts;
  std::vector<std::string> invariants;  // of the context
  std::vector<ElementRules> elements;   // of the snapshot
};

// kInvalid, in which the StructureDefinition is named.
Error Unusable(std::string_view url, std::string_view why);

// Everything but the elements. kInvalid names what a StructureDefinition lacks or spells wrongly.
Result<ProfileDraft> ReadProfile(const json::Value& definition);
// The elements of "snapshot" or "differential" in their order, without those that the differences drop.
std::vector<ElementRules> ReadElements(const json::Value& definition, std::string_view part,
                                       const Differences& differences);

// Writes the rows of a profile. kInvalid: a snapshot that is no tree, or one of 65,535 elements and more.
Result<void> LayOutProfile(const ProfileDraft& profile, const Tables& tables, Writer& writer);

}  // namespace throughline::compile
