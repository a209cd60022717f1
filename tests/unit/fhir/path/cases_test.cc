// Every line of tests/data/fhir/path/cases.json, evaluated on patient.json beside it.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "fhir/json/parse.h"
#include "fhir/path/expression.h"

namespace throughline::path {
namespace {

using definitions::R4;

json::Document ReadData(const std::string& name) {
  std::ifstream file(THROUGHLINE_SOURCE_DIR "/tests/data/fhir/path/" + name, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  Result<json::Document> document = json::ParseDocument(bytes);
  EXPECT_TRUE(document) << name;
  return std::move(*document);
}

std::string Text(const Item& item) {
  Item value;
  if (!ToSystem(R4(), item, value)) return "";
  if (value.kind() == ItemKind::kBoolean) return value.boolean() ? "true" : "false";
  return value.kind() == ItemKind::kInteger ? std::to_string(value.integer()) : std::string(value.text());
}

std::string Written(const Collection& items) {
  std::string text;
  for (const Item& item : items) text += "[" + Text(item) + "]";
  return text;
}

std::string Written(const Error& error) { return error.issues.at(0).rule + " at " + error.issues.at(0).location; }

std::string Outcome(std::string_view text, const json::Value& resource) {
  const Result<Expression> expression = Compile(text, R4(), {.context_type = "Patient"});
  if (!expression) return Written(expression.error());
  Environment environment;
  environment.now = Instant{std::chrono::sys_days{std::chrono::year{2025} / 6 / 1} + std::chrono::hours{12}};
  const Result<Collection> result = Evaluate(*expression, ResourceItem(R4(), resource), environment);
  return result ? Written(*result) : Written(result.error());
}

std::string Wanted(const json::Value& test) {
  if (test.Find("error") != nullptr) {
    return "fhirpath-" + std::string(test.Get("error").text()) + " at offset " + std::string(test.Get("offset").text());
  }
  std::string text;
  for (const json::Value& item : test.Get("result").items()) text += "[" + std::string(item.text()) + "]";
  return text;
}

TEST(Cases, GiveWhatTheTableSays) {
  const json::Document patient = ReadData("patient.json");
  const json::Document cases = ReadData("cases.json");
  ASSERT_GT(cases.root.size(), 100u);
  for (const json::Value& test : cases.root.items()) {
    const std::string_view text = test.Get("expression").text();
    EXPECT_EQ(Outcome(text, patient.root), Wanted(test)) << text;
  }
}

}  // namespace
}  // namespace throughline::path
