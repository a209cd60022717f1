// US Core as published: for each of its profiles an instance made from its rows passes, and each way to break one of
// its rules gives exactly the errors that the rows say, at their places, and no other.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "fhir/compile/compile.h"
#include "fhir/json/build.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "fhir/validate/profiles.h"
#include "fhir/validate/validate.h"
#include "tests/conformance/archives.h"
#include "tests/conformance/broken_instance.h"
#include "tests/conformance/instance.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

using definitions::Definitions;
using definitions::Profile;

// What invariants ask for, and what no offline value set knows.
struct SeedRow {
  std::string_view profile;
  std::string_view json;
};
constexpr std::array kSeeds = {
    SeedRow{"us-core-allergyintolerance",
            R"({"resourceType":"AllergyIntolerance","clinicalStatus":{"coding":[{"system":
            "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"active"}]}})"},
    SeedRow{"us-core-documentreference", R"({"resourceType":"DocumentReference","content":[{"attachment":
            {"contentType":"text/plain","url":"http://example.org/x"}}]})"},
    SeedRow{"us-core-observation-lab", R"({"resourceType":"Observation","valueString":"x"})"},
    SeedRow{"us-core-practitionerrole",
            R"({"resourceType":"PractitionerRole","telecom":[{"value":"1","system":"phone"}]})"},
    SeedRow{"us-core-pulse-oximetry", R"({"resourceType":"Observation","dataAbsentReason":{"text":"x"}})"},
};

// What leaving out or changing an element breaks besides its own rule: rules of R4 that no row of the profile states.
struct AlsoRow {
  std::string_view broken;
  std::string_view error;
};
constexpr std::array kAlso = {
    AlsoRow{"Organization.name taken out", "org-1 Organization"},
    AlsoRow{"PractitionerRole.telecom.system taken out", "cpt-2 PractitionerRole.telecom[0]"},
    AlsoRow{"Observation.value[x]:valueQuantity.system taken out", "qty-3 Observation.value"},
    AlsoRow{"Observation.category:VSCat.coding.code given another value",
            "code-unknown Observation.category[0].coding[0]"},
};

std::vector<std::string> Wanted(const BrokenInstance& broken) {
  std::vector<std::string> errors = broken.errors;
  for (const AlsoRow& row : kAlso) {
    if (row.broken == broken.element + " " + broken.how) {
      errors.emplace_back(row.error);
    }
  }
  std::ranges::sort(errors);
  return errors;
}

json::Value SeedOf(std::string_view url, json::Arena& arena) {
  const auto* const row =
      std::ranges::find_if(kSeeds, [&](const SeedRow& seed) { return url.ends_with(seed.profile); });
  return row == kSeeds.end() ? json::Value() : *json::Parse(row->json, arena);
}

// "rule place" of each error, sorted, each once.
std::vector<std::string> ErrorsOf(const Issues& issues) {
  std::vector<std::string> errors;
  for (const Issue& issue : issues) {
    if (issue.severity == Severity::kError || issue.severity == Severity::kFatal) {
      errors.push_back(issue.rule + " " + issue.expression);
    }
  }
  std::ranges::sort(errors);
  errors.erase(std::ranges::unique(errors).begin(), errors.end());
  return errors;
}

std::string List(const std::vector<std::string>& errors) {
  std::string list;
  for (const std::string& error : errors) {
    list += (list.empty() ? "" : ", ") + error;
  }
  return list.empty() ? "nothing" : list;
}

class Judge {
 public:
  Judge(const Definitions& definitions, Context& context)
      : definitions_(definitions), profiles_(definitions), context_(context) {}

  Score All() {
    for (std::size_t row = 0; row < definitions_.profile_count(); ++row) {
      const Profile profile = definitions_.profile(row);
      if (profile.layer > 0) {
        One(profile);
      }
    }
    return score_;
  }

 private:
  Issues Check(const Profile& profile, const json::Value& value) const {
    validate::Options options;
    options.profile_plans = &profiles_;
    const std::vector<std::string> asked = {std::string(profile.url)};
    if (definitions_.IsResource(profile.type_id)) {
      options.profiles = asked;
      return validate::Check(value, definitions_, options);
    }
    json::Arena arena;
    json::ArrayBuilder extensions(arena);
    extensions.Add(value);
    json::ObjectBuilder basic(arena);
    basic.AddString("resourceType", "Patient");
    if (definitions_.context(profile, 0).expression == "ContactPoint") {
      json::ObjectBuilder telecom(arena);
      telecom.Add("extension", extensions.Build());
      json::ArrayBuilder telecoms(arena);
      telecoms.Add(telecom.Build());
      basic.Add("telecom", telecoms.Build());
    } else {
      basic.Add("extension", extensions.Build());
    }
    return validate::Check(basic.Build(), definitions_, options);
  }

  void One(const Profile& profile) {
    json::Arena arena;
    const json::Value instance = MakeInstance(definitions_, profile, SeedOf(profile.url, arena), arena);
    const Issues issues = Check(profile, instance);
    context_.Count(score_, !HasErrors(issues),
                   std::string(profile.name) + ": refused: " + List(ErrorsOf(issues)) + " " + json::ToString(instance));
    if (!definitions_.IsResource(profile.type_id)) {
      return;
    }
    for (const BrokenInstance& broken : BreakInstance(definitions_, profile, instance, arena)) {
      const Issues found = Check(profile, broken.value);
      context_.Count(score_, ErrorsOf(found) == Wanted(broken),
                     std::string(profile.name) + " " + broken.element + " " + broken.how + ": wanted " +
                         List(Wanted(broken)) + "; found " + List(ErrorsOf(found)));
    }
  }

  const Definitions& definitions_;
  const validate::Profiles profiles_;
  Context& context_;
  Score score_;
};

}  // namespace

Score UsCore(Context& context) {
  const Documents documents = ReadArchive(context.oracles / "packages/hl7.fhir.us.core-3.1.0.tgz",
                                          {"StructureDefinition", "ValueSet", "CodeSystem"});
  compile::Input input;
  input.below = &definitions::R4();
  for (const auto& document : documents) {
    input.resources.push_back(document->root);
  }
  const auto blob = compile::Compile(input);
  if (!blob) {
    return {};
  }
  const auto layered = definitions::R4().With(std::as_bytes(std::span(*blob)));
  return layered ? Judge(*layered, context).All() : Score{};
}

}  // namespace throughline::conformance
