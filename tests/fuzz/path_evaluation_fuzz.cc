// Bytes choose the pieces of an expression, a resource and a model: what compiles is run twice with a small budget,
// gives the same both times, and never fails by a fault of ours.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/path/expression.h"
#include "fhir/path/functions.h"
#include "fhir/path/operators.h"

using namespace throughline;

namespace {

constexpr std::array kResources = {
    std::string_view(
        R"({"resourceType":"Patient","id":"p1","active":true,"birthDate":"1980-05","_birthDate":{"id":"b"},"gender":"female",)"
        R"("name":[{"use":"official","family":"F","given":["A","B",null],"_given":[null,{"id":"g"},{"extension":[{"url":)"
        R"("http://x","valueCode":"c"}]}]},{"given":["C"]}],"multipleBirthInteger":2,"generalPractitioner":[{"reference":)"
        R"("Practitioner/1"},{"reference":"#o"}],"contained":[{"resourceType":"Organization","id":"o","name":"O"}]})"),
    std::string_view(
        R"({"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1-8"}],)"
        R"("text":"t"},"valueQuantity":{"value":1.50,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"},)"
        R"("effectivePeriod":{"start":"2012-02-29T10:00:00+01:00","end":"2013"},"component":[{"code":{"text":"a"},)"
        R"("valueString":"abc"},{"code":{"text":"b"},"valueTime":"10:30:00"},{"code":{"text":"c"},"valueBoolean":false}]})"),
    std::string_view(
        R"({"resourceType":"Bundle","type":"collection","total":3,"entry":[{"fullUrl":"urn:uuid:1","resource":{)"
        R"("resourceType":"Encounter","status":"planned","subject":{"reference":"urn:uuid:2"}}},{"fullUrl":"urn:uuid:2",)"
        R"("resource":{"resourceType":"Patient","id":"2","text":{"status":"empty","div":"<div/>"}}}]})"),
    std::string_view(
        R"({"a":[1,2.50,"x",true,null,{"b":"2012"},[3]],"value":{"value":7,"unit":"d"},"name":"n","item":[]})"),
};

constexpr std::array<std::string_view, 40> kNames = {
    "name",      "given",     "family",  "birthDate",   "active",    "gender",   "value",    "extension",
    "id",        "code",      "coding",  "text",        "component", "entry",    "resource", "subject",
    "contained", "reference", "status",  "effective",   "start",     "end",      "total",    "multipleBirth",
    "deceased",  "url",       "system",  "unit",        "a",         "b",        "item",     "div",
    "use",       "period",    "Patient", "Observation", "Bundle",    "Resource", "`name`",   "generalPractitioner"};
constexpr std::array<std::string_view, 44> kLeaves = {"{}",
                                                      "true",
                                                      "false",
                                                      "0",
                                                      "1",
                                                      "-1",
                                                      "2147483647",
                                                      "1.50",
                                                      "0.000000001",
                                                      "9999999999.99",
                                                      "''",
                                                      "'a'",
                                                      "'B\\u00e9'",
                                                      "'a,b,c'",
                                                      "'[a-z]+'",
                                                      "'(a+)+$'",
                                                      "'2012-02-29'",
                                                      "'1.5 \\'mg\\''",
                                                      "@2012",
                                                      "@2012-02-29",
                                                      "@9999-12-31",
                                                      "@0001-01-01",
                                                      "@T10:30",
                                                      "@T23:59:59.999",
                                                      "@2012-02-29T10:00:00.123+14:00",
                                                      "@2012-02-29T10",
                                                      "1 'mg'",
                                                      "2.5 'kg'",
                                                      "37 'Cel'",
                                                      "4 days",
                                                      "1 year",
                                                      "13 months",
                                                      "5 'mm[Hg]'",
                                                      "$this",
                                                      "$index",
                                                      "$total",
                                                      "%resource",
                                                      "%context",
                                                      "%ucum",
                                                      "%rootResource",
                                                      "%`vs-administrative-gender`",
                                                      "%`ext-x`",
                                                      "%sct",
                                                      "%var"};
constexpr std::array<std::string_view, 16> kTypes = {
    "Patient", "string",          "System.String",  "FHIR.string", "Quantity", "System.Any", "boolean",  "Integer",
    "code",    "BackboneElement", "DomainResource", "date",        "dateTime", "Reference",  "Resource", "HumanName"};

class Chooser {
 public:
  Chooser(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  bool empty() const { return at_ >= size_; }
  std::size_t Below(std::size_t end) { return empty() ? 0 : data_[at_++] % end; }
  template <typename Table>
  std::string Of(const Table& table) {
    return std::string(table[Below(table.size())]);
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

std::string Expression(Chooser& choose, int depth);

std::string Call(Chooser& choose, int depth) {
  const path::FunctionRow& row = path::Functions()[choose.Below(path::Functions().size())];
  std::string text = std::string(row.name) + "(";
  const std::size_t most = std::min<std::size_t>(row.max_arguments, row.min_arguments + 3u);
  const std::size_t more = choose.Below(most - row.min_arguments + 1u);
  for (std::size_t i = 0; i < row.min_arguments + more; ++i) {
    if (i > 0) text += ", ";
    text += row.arguments == path::Arguments::kType ? choose.Of(kTypes) : Expression(choose, depth + 1);
  }
  return text + ")";
}

std::string Binary(Chooser& choose, int depth) {
  const path::OperatorRow& row = path::Operators()[choose.Below(path::Operators().size())];
  const std::string left = Expression(choose, depth + 1);
  return "(" + left + " " + std::string(row.symbol) + " " + Expression(choose, depth + 1) + ")";
}

std::string Expression(Chooser& choose, int depth) {
  if (choose.empty() || depth > 6) return choose.Of(kLeaves);
  switch (choose.Below(9)) {
    case 0:
      return choose.Of(kLeaves);
    case 1:
      return choose.Of(kNames);
    case 2:
      return Expression(choose, depth + 1) + "." + choose.Of(kNames);
    case 3:
    case 4:
    case 5:
      return Expression(choose, depth + 1) + "." + Call(choose, depth);
    case 6:
      return Expression(choose, depth + 1) + "[" + Expression(choose, depth + 1) + "]";
    case 7:
      return "(" + Expression(choose, depth + 1) + (choose.Below(2) == 0 ? " is " : " as ") + choose.Of(kTypes) + ")";
    default:
      return Binary(choose, depth);
  }
}

void Require(bool holds) {
  if (!holds) std::abort();
}

bool IsOurFault(const Error& error) { return error.kind == ErrorKind::kInternal || error.issues.empty(); }

std::string Seen(const Result<path::Collection>& result) {
  if (!result) return result.error().issues.front().rule + result.error().issues.front().location;
  std::string text;
  for (const path::Item& item : *result) {
    text += std::string(path::TypeName(definitions::R4(), item)) + ":";
    if (!item.is_node() && item.kind() != path::ItemKind::kBoolean) text += std::string(item.text());
    text += "|";
  }
  return text;
}

std::string Run(const path::Expression& expression, const path::Item& focus) {
  path::Environment environment;
  environment.steps = 20'000;
  environment.now = Instant{std::chrono::sys_days{std::chrono::year{2025} / 6 / 1}};
  environment.variables.push_back({"var", path::Collection(path::Item::String("v"))});
  std::vector<path::TraceLine> trace;
  environment.trace = &trace;
  const Result<path::Collection> result = path::Evaluate(expression, focus, environment);
  if (!result) Require(!IsOurFault(result.error()));
  return Seen(result);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<json::Document> resources = [] {
    std::vector<json::Document> documents;
    for (const std::string_view text : kResources) documents.push_back(*json::ParseDocument(text));
    return documents;
  }();
  if (size > 512) return 0;
  Chooser choose(data, size);
  const std::size_t which = choose.Below(resources.size());
  const bool model = choose.Below(4) != 0;
  const json::Value& root = resources[which].root;
  const path::Item focus =
      model ? path::ResourceItem(definitions::R4(), root) : path::Item::Node(definitions::kNoType, root);
  path::CompileOptions options{.model = model ? path::Model::kR4 : path::Model::kNone,
                               .published = choose.Below(2) == 0};
  if (choose.Below(2) == 0) options.context_type = root.Get("resourceType").text();
  const std::string text = Expression(choose, 0);
  const Result<path::Expression> expression = path::Compile(text, definitions::R4(), options);
  if (!expression) {
    Require(!IsOurFault(expression.error()));
    return 0;
  }
  Require(Run(*expression, focus) == Run(*expression, focus));
  return 0;
}
