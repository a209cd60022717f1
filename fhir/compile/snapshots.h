// Snapshots by canonical: published ones as they are, missing ones generated from their differentials.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/compile/input.h"
#include "fhir/compile/profiles.h"

namespace throughline::compile {

// The StructureDefinitions of an input and of the layers below it, each read once.
class Snapshots {
 public:
  enum class Published { kTaken, kIgnored };
  // Both must outlive it. `published`: kIgnored generates the snapshots of the input even where it has them.
  explicit Snapshots(const Input& input, Published published = Published::kTaken);

  // With its elements. kNotFound: in none of the layers. kInvalid names the definition and what is wrong with it: a
  // cycle among bases, a differential that does not fit its base.
  Result<const ProfileDraft*> Find(std::string_view canonical);

 private:
  Result<void> ReadOwn(std::string_view url, const json::Value& definition);
  Result<std::vector<ElementRules>> Generate(const ProfileDraft& profile, std::vector<ElementRules> differential);
  ElementRules RootOf(std::string_view canonical);
  void ReadBelow(const definitions::Profile& profile);

  const Input& input_;
  const Published published_;
  std::map<std::string_view, json::Value> own_;
  std::map<std::string, std::unique_ptr<ProfileDraft>, std::less<>> known_;
  std::set<std::string, std::less<>> open_;  // being generated
};

// The elements of a profile that the layers below hold.
ProfileDraft ReadRows(const definitions::Definitions& definitions, const definitions::Profile& profile);

}  // namespace throughline::compile
