#include "fhir/validate/validate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <string>
#include <vector>

#include "fhir/json/build.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "fhir/validate/invariants.h"
#include "tests/unit/fhir/validate/tables.h"

namespace throughline::validate {
namespace {

using definitions::R4;

class Table : public testing::TestWithParam<const char*> {};

TEST_P(Table, HoldsInEveryCase) {
  const json::Document table = ReadTable(GetParam());
  EXPECT_FALSE(table.root.Get("cases").items().empty());
  for (const json::Value& row : table.root.Get("cases").items()) {
    json::Arena arena;
    Options options;
    ReadOptions(row, options);
    Resources resources(Repeated(row, "at_hand", arena));
    options.resolver = &resources;
    const Issues issues = Check(Repeated(row, "given", arena), R4(), options);
    EXPECT_EQ(Found(issues), Wanted(row)) << row.Get("name").text();
    if (row.Get("status").is_number()) {
      EXPECT_EQ(std::to_string(throughline::RowOf(KindOf(issues)).http_status), row.Get("status").text())
          << row.Get("name").text();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, Table,
                         testing::Values("structure.json", "siblings.json", "references.json", "bindings.json",
                                         "bundles.json", "extensions.json", "questionnaires.json", "options.json"));

TEST(Primitives, HoldInEveryCase) {
  const json::Document table = ReadTable("primitives.json");
  std::set<std::string> types;
  for (const json::Value& row : table.root.Get("types").items()) {
    types.emplace(row.Get("type").text());
    for (const json::Value& value : row.Get("valid").items()) {
      EXPECT_TRUE(IsValidPrimitive(row.Get("type").text(), value)) << row.Get("type").text() << json::ToString(value);
    }
    for (const json::Value& value : row.Get("invalid").items()) {
      EXPECT_FALSE(IsValidPrimitive(row.Get("type").text(), value)) << row.Get("type").text() << json::ToString(value);
    }
  }
  for (std::size_t id = 0; id < R4().type_count(); ++id) {
    const definitions::Type type = R4().type(static_cast<definitions::TypeId>(id));
    EXPECT_TRUE(type.kind != definitions::TypeKind::kPrimitive || types.contains(std::string(type.name))) << type.name;
  }
}

TEST(Narrative, HoldsInEveryCase) {
  const json::Document table = ReadTable("narrative.json");
  for (const json::Value& row : table.root.Get("cases").items()) {
    std::vector<std::string> found;
    for (const Issue& issue : CheckType(row.Get("div"), R4().FindType("xhtml"), "div", R4())) {
      found.push_back(issue.rule);
    }
    EXPECT_EQ(found, Wanted(row)) << row.Get("name").text();
  }
}

TEST(Narrative, EndsOnDeepText) {
  std::string div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">";
  for (int i = 0; i < 100'000; ++i) {
    div += "<p>";
  }
  const Issues issues = CheckType(json::Value::String(div), R4().FindType("xhtml"), "div", R4());
  ASSERT_EQ(issues.size(), 1U);
  EXPECT_EQ(issues[0].rule, "too-deep");
}

TEST(AddLines, FindsThePlaceInTheText) {
  const std::string text =
      "{\"resourceType\": \"Patient\",\n \"name\": [{\"family\": \"A\",\n  \"use\": \"x\"}],\n \"_birthDate\": {}}";
  const auto document = json::ParseDocument(text);
  Issues issues = Check(document->root, R4());
  ASSERT_EQ(issues.size(), 2U);
  EXPECT_EQ(issues[0].location, "/name/0/use");
  EXPECT_EQ(issues[1].location, "/_birthDate");
  AddLines(issues, text, 10);
  EXPECT_EQ(issues[0].location, "12:10");
  EXPECT_EQ(issues[1].location, "13:16");
}

TEST(Rules, HaveEachTheirOwnIdAndAText) {
  std::set<std::string_view> ids;
  for (const RuleRow& row : RuleRows()) {
    EXPECT_TRUE(ids.insert(row.id).second) << row.id;
    EXPECT_FALSE(row.text.empty()) << row.id;
  }
}

TEST(Check, NeverRepeatsAValue) {
  const auto document = json::ParseDocument(
      R"({"resourceType":"Patient","gender":"Zweig","birthDate":"Zweig","active":"Zweig","Zweig Anna":1,
          "maritalStatus":"Zweig","name":[{"given":"Zweig","use":"Zweig"}],"managingOrganization":{"reference":"Zweig"},
          "photo":[{"data":"Zweig?"}],"generalPractitioner":[{"reference":"#Zweig"}]})");
  ASSERT_TRUE(document);
  const Issues issues = Check(document->root, R4());
  EXPECT_GE(issues.size(), 10U);
  for (const Issue& issue : issues) {
    EXPECT_EQ((issue.text + issue.expression + issue.location).find("Zweig"), std::string::npos) << issue.rule;
  }
}

TEST(Check, SaysWhichTypesAReferenceMayHave) {
  const auto document = json::ParseDocument(
      R"({"resourceType":"CarePlan","status":"active","intent":"plan","subject":{"reference":"Device/1"}})");
  const Issues issues = Check(document->root, R4());
  ASSERT_EQ(issues.size(), 1U);
  EXPECT_NE(issues[0].text.find("Allowed: Patient, Group."), std::string::npos) << issues[0].text;
}

TEST(Check, StopsListingAtALimit) {
  std::string text = R"({"resourceType":"Patient")";
  for (int i = 0; i < 500; ++i) {
    text += ",\"x" + std::to_string(i) + "\":1";
  }
  const auto document = json::ParseDocument(text + '}');
  const Issues issues = Check(document->root, R4());
  ASSERT_EQ(issues.size(), 101U);
  EXPECT_EQ(issues.back().rule, "too-many-issues");
}

TEST(Check, ListsAnErrorBehindManyWarnings) {
  std::string text = R"({"resourceType":"Patient","name":[)";
  for (int i = 0; i < 500; ++i) {
    text += R"({"family":"a "},)";
  }
  const auto document = json::ParseDocument(text + R"({"family":"b"}],"birthDate":"2021-02-30"})");
  const Issues issues = Check(document->root, R4());
  ASSERT_EQ(issues.size(), 102U);
  EXPECT_EQ(issues[100].rule, "primitive-date");
  EXPECT_EQ(issues.back().rule, "too-many-issues");
}

TEST(Check, LimitsContainedResources) {
  std::string text = R"({"resourceType":"Basic","code":{"text":"x"},"contained":[)";
  for (int i = 0; i < 10'000; ++i) {
    text += (i > 0 ? ",{" : "{") + std::string(R"("resourceType":"Patient","active":true,"id":")") + std::to_string(i) +
            "\"}";
  }
  const auto document = json::ParseDocument(text + "]}");
  ASSERT_TRUE(document);
  EXPECT_EQ(Found(Check(document->root, R4())), std::vector<std::string>{"contained-many Basic.contained"});
}

TEST(Check, EndsOnDeepValues) {
  json::Arena arena;
  json::Value value = json::Value::String("x");
  for (int i = 0; i < 5'000; ++i) {
    json::ObjectBuilder extension(arena);
    extension.AddString("url", "http://example.org/x");
    json::ArrayBuilder list(arena);
    list.Add(i == 0 ? json::Value::Object({}) : value);
    extension.Add("extension", list.Build());
    value = extension.Build();
  }
  const Issues issues = CheckType(value, R4().FindType("Extension"), "Extension", R4());
  ASSERT_EQ(issues.size(), 1U);
  EXPECT_EQ(issues[0].rule, "too-deep");
}

TEST(Check, RefusesControlCharacters) {
  json::Arena arena;
  json::ObjectBuilder patient(arena);
  patient.AddString("resourceType", "Patient");
  patient.AddString("language", std::string_view("a\0b", 3));
  EXPECT_EQ(Found(Check(patient.Build(), R4(), {.bindings = false})),
            std::vector<std::string>{"string-control Patient.language"});
}

TEST(Corrections, AreOfConstraintsThatCompile) {
  for (const Correction& row : Corrections()) {
    EXPECT_TRUE(path::Compile(row.expression, R4(), {.published = true})) << row.key;
    EXPECT_FALSE(row.reason.empty()) << row.key;
    EXPECT_FALSE(IsWalked(row.key)) << row.key;
  }
}

TEST(Constraints, AreAllEvaluatedOrKeptByTheWalker) {
  std::vector<Invariant> compiled;
  for (std::size_t id = 0; id < R4().type_count(); ++id) {
    const definitions::Type type = R4().type(static_cast<definitions::TypeId>(id));
    for (std::size_t i = 0; i < type.constraint_count; ++i) {
      const definitions::Constraint row = R4().constraint(type, i);
      EXPECT_TRUE(IsWalked(row.key) || CompileConstraint(R4(), row, type.name, compiled))
          << type.name << ' ' << row.key;
    }
    for (std::size_t c = 0; c < R4().child_count(type.id); ++c) {
      const definitions::Element element = R4().child(type.id, c);
      const std::string_view name = R4().type(element.type).name;
      for (std::size_t i = 0; i < element.constraint_count; ++i) {
        const definitions::Constraint row = R4().constraint(element, i);
        EXPECT_TRUE(IsWalked(row.key) || CompileConstraint(R4(), row, name, compiled))
            << element.path << ' ' << row.key;
      }
    }
  }
}

TEST(Check, EndsOnManyConditionsTimesAnswers) {
  std::string asked;
  std::string given;
  for (int i = 0; i < 20'000; ++i) {
    const std::string comma = i > 0 ? "," : "";
    asked += comma + R"({"linkId":")" + std::to_string(i) +
             R"(","type":"string","enableWhen":[{"question":"0","operator":"=","answerString":"x"}]})";
    given += comma + R"({"valueString":"y"})";
  }
  const auto document = json::ParseDocument(
      R"({"resourceType":"QuestionnaireResponse","status":"completed","questionnaire":"#q","contained":[)"
      R"({"resourceType":"Questionnaire","id":"q","status":"active","item":[)" +
      asked + R"(]}],"item":[{"linkId":"0","answer":[)" + given + R"(]},{"linkId":"1"}]})");
  ASSERT_TRUE(document);
  EXPECT_FALSE(Check(document->root, R4()).empty());
}

TEST(CheckType, PutsThePlaceInFront) {
  const auto document = json::ParseDocument(R"({"start":"x"})");
  EXPECT_EQ(Found(CheckType(document->root, R4().FindType("Period"), "plan.period", R4())),
            std::vector<std::string>{"primitive-dateTime plan.period.start"});
}

TEST(KindOf, IsInvalidWhenAnythingIsWrongWithTheForm) {
  EXPECT_EQ(KindOf({}), ErrorKind::kInvalid);
  Issue code;
  code.type = IssueType::kCodeInvalid;
  Issue form;
  form.type = IssueType::kStructure;
  EXPECT_EQ(KindOf({code}), ErrorKind::kUnprocessable);
  EXPECT_EQ(KindOf({code, form}), ErrorKind::kInvalid);
}

}  // namespace
}  // namespace throughline::validate
