// The cases of the HL7 validator's suite for R4, by their verdict: valid, or not. No valid one may be refused.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/path/expression.h"
#include "fhir/validate/validate.h"
#include "tests/conformance/validator_cases.h"

namespace throughline::conformance {
namespace {

using json::Value;

// The resources that a case lists as `supporting`, by their canonical URLs.
class Supporting final : public path::Resolver {
 public:
  void Add(const std::filesystem::path& path) {
    if (auto document = json::ParseDocument(ReadFile(path))) {
      documents_.push_back(*std::move(document));
    }
  }

  bool Resolve(std::string_view reference, Value& out) override {
    const std::string_view url = reference.substr(0, reference.find('|'));
    const auto found = std::ranges::find_if(
        documents_, [&](const json::Document& document) { return document.root.Get("url").text() == url; });
    if (found == documents_.end()) {
      return false;
    }
    out = found->root;
    return true;
  }

 private:
  std::vector<json::Document> documents_;
};

bool IsOff(const Value& options, std::string_view name) {
  const Value option = options.Get(name);
  return option.is_boolean() && !option.boolean();
}

validate::Options OptionsOf(const Value& row, Supporting& supporting) {
  const Value asked = row.Get("options");
  validate::Options options;
  options.resolver = &supporting;
  options.example_urls = !IsOff(asked, "examples");
  options.contained_checks = asked.Get("validateContains").text() != "IGNORE";
  options.markup = !asked.Get("security-checks").boolean();
  options.existing_references = asked.Get("validateReference").text() == "CHECK_EXISTS_AND_TYPE";
  return options;
}

// What the validator says of one case: errors, or a file that is no JSON. The profiles that the case gives are at hand,
// for resources that declare them.
Issues Judge(const std::filesystem::path& files, const Value& row) {
  Supporting supporting;
  CaseDefinitions definitions(files);
  for (const Value& name : row.Get("supporting").items()) {
    supporting.Add(files / name.text());
  }
  for (const Value& name : row.Get("profiles").items()) {
    definitions.Add(name.text());
  }
  if (std::string failure = definitions.Compile(); !failure.empty()) {
    return {{Severity::kFatal, IssueType::kException, "definitions", {}, {}, std::move(failure)}};
  }
  const auto document = json::ParseDocument(ReadFile(files / row.Get("file").text()));
  if (!document) {
    return document.error().issues;
  }
  return validate::Check(document->root, definitions.get(), OptionsOf(row, supporting));
}

std::string Explain(bool expected, const Issues& issues) {
  std::string what = expected ? "refused though valid" : "not refused";
  for (const Issue& issue : issues) {
    if (expected && (issue.severity == Severity::kError || issue.severity == Severity::kFatal)) {
      what += "; " + issue.rule + " at " + issue.expression;
    }
  }
  return what;
}

Score JudgeTier(Context& context, std::string_view tier) {
  const auto counts = [&](const Value& row) { return row.Get("tier").text() == tier; };
  return JudgeCases(context, counts, [](const std::filesystem::path& files, const Value& row) {
    const Issues issues = Judge(files, row);
    const bool expected = row.Get("expect").Get("valid").boolean();
    return HasErrors(issues) != expected ? std::string() : Explain(expected, issues);
  });
}

}  // namespace

Score ValidatorCore(Context& context) { return JudgeTier(context, "core"); }
Score ValidatorQuestionnaire(Context& context) { return JudgeTier(context, "questionnaire"); }

}  // namespace throughline::conformance
