// FHIRPath: the suite of HL7's own JavaScript engine, with the types of R4 and without a model.
#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

#include "fhir/base/decimal.h"
#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/path/expression.h"
#include "tests/conformance/fhirpath_parts.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

using definitions::R4;

// Whole members are compared by value; scalars by number or text.
bool SameValue(const path::Item& item, const json::Value& wanted) {
  if (wanted.is_object()) return item.is_node() && json::Equal(item.value(), wanted);
  const std::string text = TextOf(item, "{}");
  if (wanted.is_boolean()) return text == (wanted.boolean() ? "true" : "false");
  if (wanted.is_number()) {
    const auto a = Decimal::Parse(text);
    const auto b = Decimal::Parse(wanted.text());
    return a && b && *a == *b;
  }
  return wanted.is_string() && (wanted.text() == text || wanted.text() == "@" + text);
}

struct Case {
  std::string_view expression;
  std::string_view base;  // type of the focus, when it is a part of a resource
};

class Inputs {
 public:
  Inputs(const std::filesystem::path& folder, const json::Value& subjects) : files_(folder), subjects_(subjects) {}

  json::Value Find(const json::Value& test) {
    const json::Value file = test.Get("inputfile");
    return file.is_string() ? files_.Find(std::string(file.text())) : subjects_.Get(test.Get("file").text());
  }

 private:
  JsonFiles files_;
  json::Value subjects_;
};

path::Item FocusOf(const json::Value& subject, path::Model model, std::string_view base) {
  if (!base.empty()) return path::Item::Node(R4().FindType(base), subject);
  if (model == path::Model::kNone) return path::Item::Node(definitions::kNoType, subject);
  return path::ResourceItem(R4(), subject);
}

path::Collection ItemsOf(const json::Value& value, path::Model model) {
  path::Collection items;
  const auto add = [&](const json::Value& each) { items.Add(FocusOf(each, model, {})); };
  if (value.is_array()) {
    std::ranges::for_each(value.items(), add);
  } else {
    add(value);
  }
  return items;
}

std::string Outcome(const json::Value& test, const Case& asked, const json::Value& subject) {
  const path::Model model = test.Get("model").text() == "r4" ? path::Model::kR4 : path::Model::kNone;
  const bool wants_error = test.Get("error").boolean();
  path::Environment environment;
  environment.now = Instant{std::chrono::sys_days{std::chrono::year{2025} / 6 / 1}};
  path::Item focus = FocusOf(subject, model, asked.base);
  for (const json::Member& variable : test.Get("variables").members()) {
    environment.variables.push_back({std::string(variable.name), ItemsOf(variable.value, model)});
  }
  path::Environment outer;
  if (test.Get("context").is_string()) {
    const auto context = path::Compile(test.Get("context").text(), R4(), {.model = model});
    const auto found = context ? path::Evaluate(*context, focus, outer) : context.error();
    if (!found || found->empty()) return "has no context";
    environment.resource = focus;
    focus = (*found)[0];
  }
  const auto expression = path::Compile(asked.expression, R4(), {.model = model});
  if (!expression) return wants_error ? "" : "does not compile: " + expression.error().message;
  const auto result = path::Evaluate(*expression, focus, environment);
  if (!result) return wants_error ? "" : "fails: " + result.error().message;
  if (wants_error) return "is accepted";
  // A primitive that has only an id or extensions is nothing in that suite's answers.
  std::vector<path::Item> values;
  std::ranges::copy_if(*result, std::back_inserter(values),
                       [](const path::Item& item) { return !item.is_node() || !item.value().is_null(); });
  const json::Value wanted = test.Get("result");
  bool same = values.size() == wanted.size();
  for (std::size_t i = 0; same && i < wanted.size(); ++i) same = SameValue(values[i], wanted.items()[i]);
  if (same) return "";
  std::string got = "gives [";
  for (const path::Item& item : *result) got += TextOf(item, "{}") + ",";
  return got + "]";
}

bool Counts(const json::Value& test) {
  const json::Value model = test.Get("model");
  if (test.Get("disable").boolean() || (model.is_string() && model.text() != "r4")) return false;
  return test.Get("expression").text().find("%factory") == std::string_view::npos;
}

}  // namespace

Score FhirpathImplementers(Context& context) {
  Score score;
  const std::filesystem::path folder = context.oracles / "fhirpath";
  const Result<json::Document> suite = json::ParseDocument(ReadFile(folder / "implementers.json"));
  if (!suite) return score;
  Inputs inputs(folder / "input-js", suite->root.Get("subjects"));
  for (const json::Value& test : suite->root.Get("cases").items()) {
    if (!Counts(test)) continue;
    const json::Value asked = test.Get("expression");
    std::vector<Case> cases;
    if (asked.is_object()) {
      cases.push_back({asked.Get("expression").text(), asked.Get("base").text()});
    } else if (asked.is_string()) {
      cases.push_back({asked.text(), {}});
    }
    for (const json::Value& each : asked.items()) cases.push_back({each.text(), {}});
    std::string miss;
    for (const Case& each : cases) {
      if (miss.empty()) miss = Outcome(test, each, inputs.Find(test));
    }
    const std::string_view shown = cases.empty() ? "" : cases.front().expression;
    context.Count(score, miss.empty(), std::string(test.Get("file").text()) + ": " + std::string(shown) + " " + miss);
  }
  return score;
}

}  // namespace throughline::conformance
