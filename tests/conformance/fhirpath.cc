// FHIRPath: the official suite for R4, and the expressions that R4 itself publishes.
#include <algorithm>
#include <string>
#include <string_view>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/path/expression.h"
#include "fhir/validate/conformance.h"
#include "tests/conformance/fhirpath_parts.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

using definitions::R4;

// A value as the suite writes it: dates with `@`, quantities as "1 'mg'".
std::string Written(const path::Item& item) {
  path::Item value;
  if (!path::ToSystem(R4(), item, value)) return "";
  const bool moment = value.kind() == path::ItemKind::kDate || value.kind() == path::ItemKind::kDateTime;
  return (moment ? "@" : value.kind() == path::ItemKind::kTime ? "@T" : "") + TextOf(item, "");
}

bool SameOutputs(const path::Collection& result, const json::Value& outputs) {
  if (result.size() != outputs.size()) return false;
  for (std::size_t i = 0; i < result.size(); ++i) {
    const json::Value& wanted = outputs.items()[i];
    const json::Value type = wanted.Get("type");
    if (type.is_string() && type.text() != path::TypeName(R4(), result[i])) return false;
    if (wanted.Get("value").is_string() && wanted.Get("value").text() != Written(result[i])) return false;
  }
  return true;
}

std::string Judge(const json::Value& test, const json::Value& resource) {
  const std::string_view type = resource.Get("resourceType").text();
  const bool invalid = test.Get("invalid").is_string();
  const Result<path::Expression> expression =
      path::Compile(test.Get("expression").text(), R4(), {.context_type = type});
  if (!expression) return invalid ? "" : "does not compile: " + expression.error().message;
  validate::Conformance conformance(R4());
  path::Environment environment;
  environment.conformance = &conformance;
  environment.now = Instant{std::chrono::sys_days{std::chrono::year{2025} / 6 / 1}};
  const path::Item focus = resource.is_null() ? path::Item() : path::ResourceItem(R4(), resource);
  const Result<path::Collection> result = path::Evaluate(*expression, focus, environment);
  if (!result) return invalid ? "" : "fails: " + result.error().message;
  if (invalid) return "is accepted";
  if (SameOutputs(*result, test.Get("outputs"))) return "";
  std::string got = "gives [";
  for (const path::Item& item : *result) got += Written(item) + ",";
  return got + "]";
}

bool CompilesEverywhere(const json::Value& row, std::string_view list, bool published, std::string& why) {
  path::CompileOptions options{.published = published};
  const auto compiles = [&] {
    const Result<path::Expression> expression = path::Compile(row.Get("expression").text(), R4(), options);
    if (!expression)
      why = std::string(options.context_type) + " " + expression.error().issues.at(0).location + " " +
            expression.error().message;
    return static_cast<bool>(expression);
  };
  if (!compiles()) return false;
  return std::ranges::all_of(row.Get(list).items(), [&](const json::Value& type) {
    options.context_type = type.text();
    return R4().FindType(type.text()) == definitions::kNoType || compiles();
  });
}

Score CountExpressions(Context& context, std::string_view part, std::string_view types) {
  Score score;
  const Result<json::Document> rows =
      json::ParseDocument(ReadFile(context.oracles / "differential" / "r4-expressions.json"));
  if (!rows) return score;
  for (const json::Value& row : rows->root.Get(part).items()) {
    std::string why;
    const bool passed = CompilesEverywhere(row, types, true, why);
    context.Count(score, passed, std::string(row.Get("expression").text()) + ": " + why);
  }
  return score;
}

}  // namespace

Score FhirpathOfficial(Context& context) {
  Score score;
  const std::filesystem::path folder = context.oracles / "fhirpath";
  const Result<json::Document> suite = json::ParseDocument(ReadFile(folder / "official.json"));
  if (!suite) return score;
  JsonFiles inputs(folder / "input");
  for (const json::Value& test : suite->root.Get("cases").items()) {
    const json::Value resource = inputs.Find(std::string(test.Get("inputfile").text()));
    const std::string miss = Judge(test, resource);
    context.Count(score, miss.empty(),
                  std::string(test.Get("id").text()) + ": " + std::string(test.Get("expression").text()) + " " + miss);
  }
  return score;
}

Score R4SearchExpressions(Context& context) { return CountExpressions(context, "search", "base"); }
Score R4Invariants(Context& context) { return CountExpressions(context, "constraints", "paths"); }

}  // namespace throughline::conformance
