// Our own package, as the build packs it.
#include "fhir/packages/package.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "certs/ids.h"
#include "fhir/json/build.h"
#include "fhir/json/parse.h"
#include "fhir/packages/load.h"
#include "fhir/validate/profiles.h"
#include "fhir/validate/validate.h"
#include "mappings/language/error_report.h"
#include "mappings/language/load_map.h"
#include "mappings/plan/map.h"
#include "mappings/review/laws.h"

namespace throughline::packages {
namespace {

using definitions::R4;

constexpr std::string_view kPlan = "urn:throughline:StructureDefinition:aftercare-care-plan";

Result<Package> ReadBuilt() {
  std::ifstream in(THROUGHLINE_PACKAGE, std::ios::binary);
  return Read(std::string(std::istreambuf_iterator<char>(in), {}));
}

class OurPackage : public testing::Test {
 protected:
  void SetUp() override {
    auto package = ReadBuilt();
    ASSERT_TRUE(package) << package.error().message;
    package_ = *std::move(package);
    const auto blob = Compile(package_, R4());
    ASSERT_TRUE(blob) << blob.error().message;
    words_.resize(blob->size() / sizeof(std::uint64_t));
    std::memcpy(words_.data(), blob->data(), blob->size());
    auto both = R4().With(std::as_bytes(std::span(words_)));
    ASSERT_TRUE(both) << both.error().message;
    definitions_ = *std::move(both);
  }

  Package package_;
  std::vector<std::uint64_t> words_;
  definitions::Definitions definitions_ = R4();
};

TEST_F(OurPackage, NeedsNothingButR4) {
  EXPECT_EQ(package_.name, "throughline.aftercare");
  const auto order = LoadOrder({&package_, 1});
  EXPECT_TRUE(order) << order.error().message;
}

TEST_F(OurPackage, MakesAnAftercarePlanACarePlanWithThatCategory) {
  definitions::Profile plan;
  ASSERT_TRUE(definitions_.FindProfile(kPlan, plan));
  EXPECT_EQ(plan.type_id, R4().FindType("CarePlan"));
  std::map<std::string_view, definitions::ProfileElement> elements;
  for (std::size_t i = 0; i < plan.element_count; ++i) {
    const auto element = definitions_.element(plan, i);
    elements.emplace(element.id, element);
  }
  EXPECT_EQ(elements["CarePlan.category"].slicing, definitions::SlicingRules::kOpen);
  EXPECT_EQ(elements["CarePlan.category:aftercare"].min, 1);
  EXPECT_EQ(definitions_.value(elements["CarePlan.category:aftercare"], definitions::ValueKind::kPattern).json,
            R"({"coding":[{"system":"urn:throughline:aftercare","code":"aftercare"}]})");
  EXPECT_EQ(elements["CarePlan.period.start"].min, 1);
  EXPECT_TRUE(elements["CarePlan.activity.detail.scheduled[x]"].must_support);
  std::set<std::string_view> added;
  for (std::size_t i = 0; i < elements["CarePlan"].constraint_count; ++i) {
    if (const auto rule = definitions_.constraint(elements["CarePlan"], i); !rule.inherited) {
      added.insert(rule.key);
    }
  }
  EXPECT_EQ(added, (std::set<std::string_view>{"aft-1", "aft-2", "aft-3", "aft-4"}));
}

TEST_F(OurPackage, HasAnExampleThatKeepsItsProfile) {
  std::ifstream in(THROUGHLINE_SOURCE_DIR "/mappings/package/examples/CarePlan-aftercare-example.json");
  const auto example = json::ParseDocument(std::string(std::istreambuf_iterator<char>(in), {}));
  ASSERT_TRUE(example);
  const std::vector<std::string> profiles = {std::string(kPlan)};
  const validate::Profiles plans(definitions_);
  validate::Options options;
  options.profiles = profiles;
  options.profile_plans = &plans;
  for (const Issue& issue : validate::Check(example->root, definitions_, options)) {
    EXPECT_GT(issue.severity, Severity::kError) << issue.expression << " " << issue.text << " " << issue.rule;
  }
  json::Arena arena;
  const json::Value without = json::Without(example->root, "category", arena);
  EXPECT_TRUE(HasErrors(validate::Check(without, definitions_, options)));
}

TEST_F(OurPackage, HasWhatAMapIsCheckedAgainst) {
  const auto load = [&](const std::string& code, const definitions::Definitions& definitions) {
    const std::string map =
        "map: m\npackages: throughline.aftercare#0.1.0\nlocal: {format: ndjson, key: id}\nfields:\n"
        "  id: {required: true, fhir: 'plan.identifier[id].value'}\nresources:\n  plan:\n    type: CarePlan\n"
        "    meta.profile[own]: " +
        std::string(kPlan) +
        "\n    identifier[id].system: urn:x:id\n    status: active\n    intent: plan\n"
        "    subject.display: somebody\n    category[kind]: urn:throughline:aftercare|" +
        code + "\n";
    return language::LoadMap(
        "map.yaml", [&](std::string_view) -> Result<std::string> { return map; }, definitions);
  };
  const auto refused = load("aftercar", definitions_);
  ASSERT_FALSE(refused);
  EXPECT_NE(language::MapErrorText(refused.error()).find("did you mean 'aftercare'? [map-unknown-code]"),
            std::string::npos)
      << language::MapErrorText(refused.error());
  const auto alone = load("aftercare", R4());
  ASSERT_FALSE(alone);
  EXPECT_NE(language::MapErrorText(alone.error()).find("[map-package]"), std::string::npos);
  const auto map = load("aftercare", definitions_);
  ASSERT_TRUE(map) << language::MapErrorText(map.error());
  const certs::NameIdSource ids;
  const auto report = review::TestMap(*map, {}, definitions_, ids, {.generate = 1, .seed = 1});
  ASSERT_TRUE(report);
  ASSERT_FALSE(report->ok()) << "the profile wants a period";
  EXPECT_EQ(report->failures.front().law, "valid");
}

TEST_F(OurPackage, HasWordsThatAreToldApart) {
  std::set<std::string_view> codes;
  std::size_t told = 0;
  for (const json::Value& resource : package_.resources) {
    EXPECT_EQ(resource.Get("version").text(), package_.version) << resource.Get("url").text();
    if (resource.Get("resourceType").text() != "CodeSystem") {
      continue;
    }
    for (const json::Value& group : resource.Get("concept").items()) {
      EXPECT_TRUE(codes.insert(group.Get("code").text()).second) << group.Get("code").text();
      ++told;
      for (const json::Value& word : group.Get("concept").items()) {
        EXPECT_TRUE(codes.insert(word.Get("code").text()).second) << word.Get("code").text();
        EXPECT_FALSE(word.Get("definition").text().empty());
        ++told;
      }
    }
    EXPECT_EQ(resource.Get("count").text(), std::to_string(told));
  }
  EXPECT_EQ(codes.size(), told);
}

}  // namespace
}  // namespace throughline::packages
