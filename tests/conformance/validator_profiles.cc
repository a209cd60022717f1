// The cases of the HL7 validator's suite that give a profile: the verdict with it. Profiles that are there as XML alone
// cannot be read, and count as missed.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/compile/compile.h"
#include "fhir/json/parse.h"
#include "fhir/validate/profiles.h"
#include "fhir/validate/validate.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

using json::Value;

class Definitions {
 public:
  explicit Definitions(std::filesystem::path files) : files_(std::move(files)) { input_.below = &definitions::R4(); }

  // The resource's canonical; empty when it cannot be read.
  std::string Add(std::string_view name) {
    auto document = json::ParseDocument(ReadFile(files_ / name));
    if (!document) {
      return {};
    }
    documents_.push_back(std::make_unique<json::Document>(*std::move(document)));
    input_.resources.push_back(documents_.back()->root);
    return std::string(documents_.back()->root.Get("url").text());
  }

  // Empty when all is well. Supporting resources that cannot be used are left out.
  std::string Compile() {
    auto blob = compile::Compile(input_);
    if (!blob && input_.resources.size() > 1) {
      input_.resources.pop_back();
      return Compile();
    }
    if (!blob) {
      return blob.error().message;
    }
    blob_ = *std::move(blob);
    auto layered = definitions::R4().With(std::as_bytes(std::span(blob_)));
    if (!layered) {
      return layered.error().message;
    }
    layered_ = std::make_unique<definitions::Definitions>(*std::move(layered));
    return {};
  }

  const definitions::Definitions& get() const { return *layered_; }

 private:
  std::filesystem::path files_;
  std::vector<std::unique_ptr<json::Document>> documents_;
  compile::Input input_;
  std::string blob_;
  std::unique_ptr<definitions::Definitions> layered_;
};

// What the case misses; empty when the verdict is the expected one.
std::string Judge(const std::filesystem::path& files, const Value& row) {
  const Value profile = row.Get("profile");
  Definitions definitions(files);
  const std::vector<std::string> asked = {definitions.Add(profile.Get("source").text())};
  if (asked[0].empty()) {
    return "its profile is no JSON";
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
  Score score;
  const auto folder = context.oracles / "validator";
  const auto table = json::ParseDocument(ReadFile(folder / "cases.json"));
  if (!table) {
    return score;
  }
  for (const Value& row : table->root.Get("cases").items()) {
    if (row.Find("profile") != nullptr && row.Get("tier").text() != "needs-tx") {
      const std::string missed = Judge(folder / "files", row);
      context.Count(score, missed.empty(), std::string(row.Get("name").text()) + ": " + missed);
    }
  }
  return score;
}

}  // namespace throughline::conformance
