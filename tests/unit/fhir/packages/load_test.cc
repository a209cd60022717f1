#include "fhir/packages/load.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/fhir/packages/tgz.h"

namespace throughline::packages {
namespace {

using definitions::R4;

std::vector<Package> ReadAll(const std::vector<std::string>& all) {
  std::vector<Package> packages;
  for (const std::string& bytes : all) {
    auto package = Read(bytes);
    EXPECT_TRUE(package) << package.error().message;
    packages.push_back(*std::move(package));
  }
  return packages;
}

std::string Profile(std::string_view name, std::string_view base, std::string_view element,
                    std::string_view more = R"("type": "Patient", "kind": "resource", "derivation": "constraint")") {
  std::string text = R"({"resourceType": "StructureDefinition", "url": "http://example.org/)";
  text.append(name).append(R"(", "version": "1", )").append(more).append(R"(, "baseDefinition": ")").append(base);
  text.append(R"(", "differential": {"element": [{"path": ")").append(element).append(R"(", "min": 1}]}})");
  return text;
}

constexpr std::string_view kPatient = "http://hl7.org/fhir/StructureDefinition/Patient";

std::string WhyNot(const std::vector<std::string>& all) {
  const auto order = LoadOrder(ReadAll(all));
  if (order) {
    return "";
  }
  return order.error().issues.at(0).rule + ": " + order.error().message;
}

std::string WhyNotCompiled(const std::vector<std::string>& resources) {
  const auto packages = ReadAll({MakePackage("tried", resources)});
  const auto blob = Compile(packages[0], R4());
  return blob ? "" : blob.error().issues.at(0).rule + ": " + blob.error().message;
}

TEST(LoadOrder, PutsAPackageBehindWhatItDependsOn) {
  const auto packages = ReadAll({MakePackage("c", {}, R"("b": "1.0.x", "a": "1.0.0")"), MakePackage("a", {}),
                                 MakePackage("b", {}, R"("a": "current", "hl7.fhir.r4.core": "4.0.1")")});
  const auto order = LoadOrder(packages);
  ASSERT_TRUE(order) << order.error().message;
  EXPECT_EQ(*order, (std::vector<std::size_t>{1, 2, 0}));
}

TEST(LoadOrder, NamesEveryDependencyThatIsMissing) {
  const std::string why = WhyNot({MakePackage("a", {}, R"("b": "2.0.0", "hl7.terminology.r4": "5.0.0")"),
                                  MakePackage("b", {}), MakePackage("c", {}, R"("hl7.fhir.r4.core": "4.3.0")")});
  EXPECT_EQ(why,
            "package-dependency: a 1.0.0 depends on b 2.0.0, which is not among the packages; a 1.0.0 depends on "
            "hl7.terminology.r4 5.0.0, which is not among the packages; c 1.0.0 depends on hl7.fhir.r4.core 4.3.0, "
            "which is not among the packages");
}

TEST(LoadOrder, TellsWhatIsMissingWhenItIsNoError) {
  const auto packages = ReadAll({MakePackage("a", {}, R"("b": "2.0.0", "c": "1.0.0")"), MakePackage("c", {})});
  std::string missing;
  const auto order = LoadOrder(packages, &missing);
  ASSERT_TRUE(order) << order.error().message;
  EXPECT_EQ(*order, (std::vector<std::size_t>{1, 0}));
  EXPECT_EQ(missing, "a 1.0.0 depends on b 2.0.0, which is not among the packages");
  ASSERT_TRUE(LoadOrder(std::span(packages).last(1), &missing));
  EXPECT_EQ(missing, "");
}

TEST(LoadOrder, NamesACircle) {
  EXPECT_EQ(WhyNot({MakePackage("x", {}, R"("a": "1.0.0")"), MakePackage("a", {}, R"("b": "1.0.0")"),
                    MakePackage("b", {}, R"("a": "1.0.0")")}),
            "package-cycle: packages depend on each other in a circle: a 1.0.0 -> b 1.0.0 -> a 1.0.0");
}

TEST(LoadOrder, RefusesAPackageTwiceAndR4Itself) {
  EXPECT_EQ(WhyNot({MakePackage("a", {}), MakePackage("a", {})}), "package-twice: a 1.0.0 is given twice");
  EXPECT_EQ(WhyNot({MakePackage("hl7.fhir.r4.core", {})}),
            "package-twice: hl7.fhir.r4.core is built in: take it off the list");
}

TEST(Compile, MakesALayerThatLaterPackagesStandOn) {
  const auto packages = ReadAll({MakePackage("one", {Profile("one", kPatient, "Patient.gender")}),
                                 MakePackage("two", {Profile("two", "http://example.org/one", "Patient.birthDate")})});
  definitions::Definitions both = R4();
  std::vector<std::vector<std::uint64_t>> blobs;
  for (const Package& package : packages) {
    const auto bytes = Compile(package, both);
    ASSERT_TRUE(bytes) << bytes.error().message;
    std::vector<std::uint64_t>& words = blobs.emplace_back(bytes->size() / sizeof(std::uint64_t));
    std::memcpy(words.data(), bytes->data(), bytes->size());
    auto more = both.With(std::as_bytes(std::span(words)));
    ASSERT_TRUE(more) << more.error().message;
    both = *std::move(more);
  }
  definitions::Profile profile;
  ASSERT_TRUE(both.FindProfile("http://example.org/two|1", profile));
  std::size_t raised = 0;
  for (std::size_t i = 0; i < profile.element_count; ++i) {
    const auto element = both.element(profile, i);
    raised += (element.id == "Patient.gender" || element.id == "Patient.birthDate") && element.min == 1 ? 1 : 0;
  }
  EXPECT_EQ(raised, 2U);
}

TEST(Compile, NamesTheDefinitionThatCannotBeUsed) {
  EXPECT_EQ(WhyNotCompiled({Profile("p", kPatient, "Patient.shoeSize")}),
            "definitions-structure: tried 1.0.0: StructureDefinition http://example.org/p: its differential names an "
            "element that its base does not have: Patient.shoeSize");
  EXPECT_EQ(
      WhyNotCompiled({Profile("p", kPatient, "Patient.gender", R"("type": "Patient", "kind": "thing")")}),
      "definitions-structure: tried 1.0.0: StructureDefinition http://example.org/p: it defines a type, and types "
      "come from R4 alone");
  EXPECT_EQ(WhyNotCompiled({Profile("p", kPatient, "Patient.gender",
                                    R"("type": "Robot", "kind": "resource", "derivation": "constraint")")}),
            "definitions-structure: tried 1.0.0: StructureDefinition http://example.org/p: its type is none of R4's");
  EXPECT_EQ(WhyNotCompiled({Profile("p", kPatient, "Patient.gender",
                                    R"("type": "Patient", "kind": "thing", "derivation": "constraint")")}),
            "definitions-structure: tried 1.0.0: StructureDefinition http://example.org/p: its kind is none of R4's");
}

TEST(Compile, RefusesWhatR4HasAlready) {
  const std::string vitals =
      R"({"resourceType": "StructureDefinition", "url": "http://hl7.org/fhir/StructureDefinition/vitalsigns", "version": "4.0.1"})";
  EXPECT_TRUE(WhyNotCompiled({vitals}).starts_with("package-twice: "));
}

TEST(Compile, PassesOverBareLogicalModels) {
  EXPECT_EQ(
      WhyNotCompiled({Profile("p", "http://hl7.org/fhir/StructureDefinition/Element", "Model.a",
                              R"("type": "http://example.org/p", "kind": "logical", "derivation": "specialization")")}),
      "");
}

}  // namespace
}  // namespace throughline::packages
