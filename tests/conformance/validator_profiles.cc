// The cases of the HL7 validator's suite that give a profile, as JSON or XML: the verdict with it.
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/validate/profiles.h"
#include "fhir/validate/validate.h"
#include "tests/conformance/validator_cases.h"

namespace throughline::conformance {
namespace {

using json::Value;

// What the case misses; empty when the verdict is the expected one.
std::string Judge(const std::filesystem::path& files, const Value& row) {
  const Value profile = row.Get("profile");
  CaseDefinitions definitions(files);
  const std::vector<std::string> asked = {definitions.Add(profile.Get("source").text())};
  if (asked[0].empty()) {
    return "its profile cannot be read";
  }
  for (const Value& list : {profile.Get("supporting"), row.Get("supporting")}) {
    for (const Value& name : list.items()) {
      definitions.Add(name.text());
    }
  }
  if (std::string failure = definitions.Compile(); !failure.empty()) {
    return failure;
  }
  const auto document = json::ParseDocument(ReadFile(files / row.Get("file").text()));
  if (!document) {
    return "cannot be read";
  }
  const validate::Profiles profiles(definitions.get());
  validate::Options options;
  options.profiles = asked;
  options.profile_plans = &profiles;
  const Issues issues = validate::Check(document->root, definitions.get(), options);
  if (HasErrors(issues) != profile.Get("expect").Get("valid").boolean()) {
    return {};
  }
  std::string found = HasErrors(issues) ? "refused though valid" : "not refused";
  for (const Issue& issue : issues) {
    found += "; " + issue.rule + " at " + issue.expression;
  }
  return found;
}

}  // namespace

Score ValidatorProfiles(Context& context) {
  const auto counts = [](const Value& row) {
    return row.Find("profile") != nullptr && row.Get("tier").text() != "needs-tx";
  };
  return JudgeCases(context, counts, Judge);
}

}  // namespace throughline::conformance
