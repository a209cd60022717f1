// Snapshots generated from the differentials of published profiles, against the snapshots that were published with
// them: each element of either is a case.
#include "fhir/compile/snapshots.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/compile/element_tree.h"
#include "tests/conformance/archives.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

using compile::ElementRules;
using compile::ElementTree;
using compile::ProfileDraft;

// What differs between two elements, one word each.
std::string Differences(const ElementRules& ours, const ElementRules& theirs) {
  std::string words;
  const auto compare = [&](bool same, std::string_view word) {
    if (!same) {
      words.append(" ").append(word);
    }
  };
  const auto keys = [](const ElementRules& element) {
    std::set<std::string> found;
    for (const compile::ConstraintRules& rule : element.constraints) {
      found.insert(rule.key);
    }
    return found;
  };
  const auto flag = [](const std::optional<bool>& value) { return value.value_or(false); };
  compare(ours.slice_name == theirs.slice_name, "slice_name");
  compare(ours.content_reference == theirs.content_reference, "content_reference");
  compare(ours.min == theirs.min, "min");
  compare(ours.max == theirs.max, "max");
  compare(flag(ours.must_support) == flag(theirs.must_support), "must_support");
  compare(flag(ours.modifier) == flag(theirs.modifier), "modifier");
  compare(ours.max_length == theirs.max_length, "max_length");
  compare(ours.binding == theirs.binding, "binding");
  compare(ours.slicing == theirs.slicing, "slicing");
  compare(ours.types == theirs.types, "types");
  compare(ours.values == theirs.values, "values");
  compare(keys(ours) == keys(theirs), "constraints");
  return words;
}

// With the ids that the tree makes: some published ones are spelt otherwise.
std::map<std::string, ElementRules> ById(const std::vector<ElementRules>& elements) {
  std::map<std::string, ElementRules> rows;
  for (ElementRules& element : ElementTree(elements, {}).Flatten()) {
    rows.emplace(element.id, std::move(element));
  }
  return rows;
}

void Compare(const ProfileDraft& ours, const std::vector<ElementRules>& published, Context& context, Score& score) {
  std::map<std::string, ElementRules> generated = ById(ours.elements);
  for (const auto& [id, theirs] : ById(published)) {
    const auto found = generated.find(id);
    const std::string words = found == generated.end() ? " missing" : Differences(found->second, theirs);
    context.Count(score, words.empty(), std::string(ours.url).append(" ").append(id).append(":").append(words));
    if (found != generated.end()) {
      generated.erase(found);
    }
  }
  for (const auto& [id, element] : generated) {
    context.Count(score, false, ours.url + " " + id + ": too many");
  }
}

void ComparePackage(const std::filesystem::path& file, Context& context, Score& score) {
  const Documents documents = ReadArchive(file, {"StructureDefinition"});
  compile::Input input;
  input.below = &definitions::R4();
  for (const auto& document : documents) {
    if (document->root.Get("derivation").text() == "constraint") {
      input.resources.push_back(document->root);
    }
  }
  for (const json::Value& definition : input.resources) {
    compile::Snapshots snapshots(input, compile::Snapshots::Published::kIgnored);
    const std::string url(definition.Get("url").text());
    const auto ours = snapshots.Find(url);
    if (!ours) {
      context.Count(score, false, url + ": " + ours.error().message);
      continue;
    }
    Compare(**ours, ReadElements(definition, "snapshot", input.differences), context, score);
  }
}

}  // namespace

Score SnapshotsOfR4(Context& context) {
  Score score;
  ComparePackage(context.oracles / "r4-definitions/hl7.fhir.r4.core-4.0.1.tar.xz", context, score);
  return score;
}

Score SnapshotsOfUsCore(Context& context) {
  Score score;
  ComparePackage(context.oracles / "packages/hl7.fhir.us.core-3.1.0.tgz", context, score);
  return score;
}

}  // namespace throughline::conformance
