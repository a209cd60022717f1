// FHIRPath asks the validator: the table tests/cases/validate/conformance.json.
#include "fhir/validate/conformance.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fhir/path/expression.h"
#include "tests/unit/fhir/validate/tables.h"

namespace throughline::validate {
namespace {

using definitions::Definitions;
using definitions::R4;

std::vector<std::string> Answer(const json::Value& row, const json::Value& given, const Definitions& definitions,
                                Conformance& conformance) {
  const auto expression = path::Compile(row.Get("expression").text(), definitions, {});
  if (!expression) {
    return {"does not compile"};
  }
  path::Environment environment;
  environment.conformance = &conformance;
  const auto result = path::Evaluate(*expression, path::ResourceItem(definitions, given), environment);
  if (!result) {
    return {result.error().issues.at(0).rule};
  }
  std::vector<std::string> texts;
  for (const path::Item& item : *result) {
    path::Item value;
    const bool there = path::ToSystem(definitions, item, value);
    const bool boolean = there && value.kind() == path::ItemKind::kBoolean;
    texts.emplace_back(boolean ? (value.boolean() ? "true" : "false") : value.text());
  }
  return texts;
}

TEST(Conformance, HoldsInEveryCase) {
  json::Document table = ReadTable("conformance.json");
  const Layer layer(table);
  const Profiles profiles(layer.get());
  Conformance shared(layer.get(), &profiles);
  Conformance alone(layer.get());
  for (const json::Value& row : table.root.Get("cases").items()) {
    const std::vector<std::string> wanted =
        row.Find("error") == nullptr ? Texts(row.Get("result")) : std::vector<std::string>{"fhirpath-execution"};
    const json::Value given = (row.Find("given") == nullptr ? table.root : row).Get("given");
    EXPECT_EQ(Answer(row, given, layer.get(), shared), wanted) << row.Get("expression").text();
    EXPECT_EQ(Answer(row, given, layer.get(), alone), wanted) << row.Get("expression").text();
  }
}

// What the validator asks in its own checks is what others are answered.
TEST(Conformance, IsTheSameWithinACheck) {
  json::Document table = ReadTable("conformance.json");
  const Layer layer(table);
  const Profiles profiles(layer.get());
  Options options;
  options.profile_plans = &profiles;
  options.contained_checks = false;
  const auto check = [&](const std::string& url) {
    const std::vector<std::string> asked = {"http://example.org/" + url};
    options.profiles = asked;
    return Found(Check(table.root.Get("given"), layer.get(), options));
  };
  EXPECT_EQ(check("itself"), std::vector<std::string>{});
  EXPECT_EQ(check("told"), std::vector<std::string>{});
  EXPECT_EQ(check("of-clinic"), std::vector<std::string>{});
  EXPECT_EQ(check("counted"), std::vector<std::string>{"one-1 Patient"});
}

TEST(Conformance, FollowsReferencesByItsResolver) {
  json::Document table = ReadTable("conformance.json");
  const Layer layer(table);
  const auto given = json::ParseDocument(
      R"({"patient":{"resourceType":"Patient","managingOrganization":{"reference":"Organization/o"}},
          "others":[{"resourceType":"Organization","id":"o","name":"Shop"}]})");
  const path::Item patient = path::ResourceItem(layer.get(), given->root.Get("patient"));
  Conformance blind(layer.get());
  EXPECT_TRUE(*blind.ConformsTo(patient, "http://example.org/of-clinic", {patient, patient}));
  Resources resources(given->root.Get("others"));
  Conformance seeing(layer.get(), nullptr, &resources);
  EXPECT_FALSE(*seeing.ConformsTo(patient, "http://example.org/of-clinic", {patient, patient}));
}

TEST(Conformance, KnowsNarratives) {
  Conformance conformance(R4());
  EXPECT_TRUE(conformance.IsNarrative("<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"));
  EXPECT_FALSE(conformance.IsNarrative("<div xmlns=\"http://www.w3.org/1999/xhtml\"> </div>"));
  EXPECT_FALSE(conformance.IsNarrative("<div xmlns=\"http://www.w3.org/1999/xhtml\"><script/>x</div>"));
}

}  // namespace
}  // namespace throughline::validate
