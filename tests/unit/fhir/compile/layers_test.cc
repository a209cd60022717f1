#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/compile/compile.h"
#include "fhir/definitions/blob.h"
#include "fhir/json/parse.h"

namespace throughline::compile {
namespace {

using definitions::Definitions;
using definitions::Profile;
using definitions::R4;
using definitions::SearchParameter;

constexpr std::string_view kPackage = R"json([
  {"resourceType": "StructureDefinition", "url": "http://example.org/Plan", "version": "2", "name": "Plan",
   "kind": "resource", "abstract": false, "type": "CarePlan", "derivation": "constraint",
   "baseDefinition": "http://hl7.org/fhir/StructureDefinition/CarePlan",
   "snapshot": {"element": [
     {"id": "CarePlan", "path": "CarePlan", "min": 0, "max": "*", "base": {"path": "CarePlan", "min": 0, "max": "*"},
      "constraint": [{"key": "dom-2", "severity": "error", "human": "No nesting", "expression": "contained.contained.empty()",
                      "source": "http://hl7.org/fhir/StructureDefinition/DomainResource"},
                     {"key": "plan-1", "severity": "warning", "human": "A plan has a title", "expression": "title.exists()"
}]
},
     {"id": "CarePlan.title", "path": "CarePlan.title", "min": 1, "max": "1", "type": [{"code": "string"}],
      "maxLength": 80, "mustSupport": true}]
}
},
  {"resourceType": "SearchParameter", "url": "http://example.org/title", "code": "title", "base": ["CarePlan"],
   "type": "string", "expression": "CarePlan.title"},
  {"resourceType": "SearchParameter", "url": "http://example.org/status", "code": "status", "base": ["CarePlan"],
   "type": "token", "expression": "CarePlan.status"}
])json";

Result<std::string> CompileText(std::string_view resources) {
  const auto document = json::ParseDocument(resources);
  Input input;
  input.below = &R4();
  input.package = "example.plan";
  input.package_version = "2";
  for (const json::Value& resource : document->root.items()) {
    input.resources.push_back(resource);
  }
  return Compile(input);
}

// Blobs are aligned like the rows in them.
std::vector<std::uint64_t> Aligned(std::string_view bytes) {
  std::vector<std::uint64_t> words(bytes.size() / sizeof(std::uint64_t));
  std::memcpy(words.data(), bytes.data(), bytes.size());
  return words;
}

TEST(Layers, AddProfilesAndSearchParameters) {
  const auto bytes = CompileText(kPackage);
  ASSERT_TRUE(bytes) << bytes.error().message;
  const auto blob = Aligned(*bytes);
  const auto both = R4().With(std::as_bytes(std::span(blob)));
  ASSERT_TRUE(both) << both.error().message;
  EXPECT_EQ(both->layer_count(), 2U);
  EXPECT_EQ(both->package(1).name, "example.plan");
  EXPECT_EQ(both->package(0).name, "");
  EXPECT_EQ(both->profile_count(), R4().profile_count() + 1);
  Profile plan;
  ASSERT_TRUE(both->FindProfile("http://example.org/Plan|2", plan));
  EXPECT_EQ(plan.row, R4().profile_count());
  EXPECT_EQ(plan.type_id, R4().FindType("CarePlan"));
  EXPECT_EQ(both->profile(plan.row).url, plan.url);
  const auto title = both->element(plan, 1);
  EXPECT_EQ(title.id, "CarePlan.title");
  EXPECT_EQ(title.parent, 0);
  EXPECT_EQ(title.max_length, 80U);
  EXPECT_TRUE(title.must_support);
  EXPECT_EQ(both->type(title, 0).code, "string");
  EXPECT_TRUE(both->constraint(both->element(plan, 0), 0).inherited);
  const auto constraint = both->constraint(both->element(plan, 0), 1);
  EXPECT_EQ(constraint.key, "plan-1");
  EXPECT_EQ(constraint.source, "http://example.org/Plan");
  EXPECT_FALSE(constraint.inherited);
  ASSERT_TRUE(both->FindProfile("http://hl7.org/fhir/StructureDefinition/vitalsigns", plan));
}

TEST(Layers, KeepTheSearchParametersOfTheStandard) {
  const auto bytes = CompileText(kPackage);
  ASSERT_TRUE(bytes) << bytes.error().message;
  const auto blob = Aligned(*bytes);
  const auto both = R4().With(std::as_bytes(std::span(blob)));
  ASSERT_TRUE(both);
  EXPECT_EQ(both->search_parameter_count(), R4().search_parameter_count() + 1);
  SearchParameter parameter;
  ASSERT_TRUE(both->FindSearchParameter("CarePlan", "title", parameter));
  EXPECT_EQ(parameter.url, "http://example.org/title");
  EXPECT_EQ(both->search_parameter(parameter.row).url, parameter.url);
  ASSERT_TRUE(both->FindSearchParameter("CarePlan", "status", parameter));
  EXPECT_EQ(parameter.url, "http://hl7.org/fhir/SearchParameter/CarePlan-status");
}

TEST(Layers, AreTheSameBytesForTheSameInput) { EXPECT_EQ(*CompileText(kPackage), *CompileText(kPackage)); }

TEST(Layers, StandOnTheR4TheyWereCompiledOver) {
  auto blob = Aligned(*CompileText(kPackage));
  const auto bytes = std::as_writable_bytes(std::span(blob));
  EXPECT_FALSE(Definitions::Open(bytes));
  auto& r4 = reinterpret_cast<definitions::blob::Header*>(blob.data())->r4;
  ++r4;
  EXPECT_FALSE(R4().With(bytes));
}

}  // namespace
}  // namespace throughline::compile
