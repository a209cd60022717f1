// Every line of tests/data/fhir/path/cases.json and of tests/cases/path, evaluated on patient.json.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/path/expression.h"
#include "fhir/path/functions.h"
#include "fhir/path/operators.h"

namespace throughline::path {
namespace {

using definitions::R4;

json::Document ReadData(const std::filesystem::path& name) {
  std::ifstream file(std::filesystem::path(THROUGHLINE_SOURCE_DIR "/tests") / name, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  Result<json::Document> document = json::ParseDocument(bytes);
  EXPECT_TRUE(document) << name;
  return std::move(*document);
}

std::string Text(const Item& item) {
  Item value;
  if (!ToSystem(R4(), item, value)) return "";
  if (value.kind() == ItemKind::kBoolean) return value.boolean() ? "true" : "false";
  const bool whole = value.kind() == ItemKind::kInteger || value.kind() == ItemKind::kLong;
  return whole ? std::to_string(value.integer()) : std::string(value.text());
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

std::vector<std::filesystem::path> Tables() {
  std::vector<std::filesystem::path> tables = {"data/fhir/path/cases.json"};
  for (const auto& entry : std::filesystem::directory_iterator(THROUGHLINE_SOURCE_DIR "/tests/cases/path")) {
    tables.push_back(std::filesystem::path("cases/path") / entry.path().filename());
  }
  std::ranges::sort(tables);
  return tables;
}

class Cases : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Cases, GiveWhatTheTableSays) {
  const json::Document patient = ReadData("data/fhir/path/patient.json");
  const json::Document cases = ReadData(GetParam());
  ASSERT_GT(cases.root.size(), 5u);
  for (const json::Value& test : cases.root.items()) {
    const std::string_view text = test.Get("expression").text();
    EXPECT_EQ(Outcome(text, patient.root), Wanted(test)) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(Path, Cases, testing::ValuesIn(Tables()),
                         [](const auto& table) { return table.param.stem().string(); });

TEST(Tables, AskEveryFunctionAndOperator) {
  std::string all;
  for (const std::filesystem::path& table : Tables()) {
    const json::Document cases = ReadData(table);
    for (const json::Value& test : cases.root.items()) all += std::string(test.Get("expression").text()) + "\n";
  }
  for (const FunctionRow& row : Functions()) {
    EXPECT_NE(all.find(std::string(row.name) + "("), std::string::npos) << row.name;
  }
  for (const OperatorRow& row : Operators()) {
    EXPECT_NE(all.find(" " + std::string(row.symbol) + " "), std::string::npos) << row.symbol;
  }
}

}  // namespace
}  // namespace throughline::path
