#include "fhir/definitions/definitions.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace throughline::definitions {
namespace {

std::string NameOf(TypeId id) { return std::string(R4().type(id).name); }

Element ChildOf(std::string_view type, std::string_view name) {
  Element element;
  EXPECT_TRUE(R4().FindChild(R4().FindType(type), name, element)) << type << "." << name;
  return element;
}

std::vector<std::string> TargetsOf(const Element& element) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < element.target_count; ++i) {
    names.push_back(NameOf(R4().target(element, i)));
  }
  return names;
}

TEST(Types, AreThoseOfTheVersion) {
  EXPECT_EQ(R4().fhir_version(), "4.0.1");
  std::size_t resources = 0;
  std::size_t primitives = 0;
  for (std::size_t id = 0; id < R4().type_count(); ++id) {
    const Type type = R4().type(static_cast<TypeId>(id));
    resources += type.kind == TypeKind::kResource && !type.abstract ? 1 : 0;
    primitives += type.kind == TypeKind::kPrimitive ? 1 : 0;
    EXPECT_EQ(R4().FindType(type.name), id);
    EXPECT_TRUE(type.url.empty() || R4().FindTypeByUrl(type.url) == id);
  }
  EXPECT_EQ(resources, 146U);
  EXPECT_EQ(primitives, 20U);
}

TEST(Types, KnowTheirBase) {
  const TypeId patient = R4().FindType("Patient");
  EXPECT_TRUE(R4().IsResource(patient));
  EXPECT_EQ(NameOf(R4().type(patient).base), "DomainResource");
  EXPECT_TRUE(R4().Derives(patient, R4().FindType("Resource")));
  EXPECT_TRUE(R4().Derives(patient, patient));
  EXPECT_FALSE(R4().Derives(R4().FindType("Bundle"), R4().FindType("DomainResource")));
  EXPECT_TRUE(R4().Derives(R4().FindType("code"), R4().FindType("string")));
  EXPECT_TRUE(R4().Derives(R4().FindType("Age"), R4().FindType("Quantity")));
  EXPECT_EQ(NameOf(R4().type(R4().FindType("Patient.contact")).base), "BackboneElement");
  EXPECT_EQ(R4().type(R4().FindType("Timing.repeat")).kind, TypeKind::kBackbone);
  EXPECT_TRUE(R4().type(R4().FindType("DomainResource")).abstract);
}

TEST(Types, AreNotFoundWhenUnknown) {
  for (const std::string_view name : {"", "patient", "Patients", "SimpleQuantity", "MetadataResource", "Project"}) {
    EXPECT_EQ(R4().FindType(name), kNoType) << name;
  }
  EXPECT_EQ(R4().FindTypeByUrl(""), kNoType);
  EXPECT_EQ(R4().type(kNoType).id, kNoType);
  EXPECT_FALSE(R4().Derives(kNoType, R4().FindType("Resource")));
  EXPECT_EQ(R4().child_count(kNoType), 0U);
}

TEST(Elements, AreFoundByTheirJsonName) {
  for (std::size_t id = 0; id < R4().type_count(); ++id) {
    for (std::size_t i = 0; i < R4().child_count(static_cast<TypeId>(id)); ++i) {
      const Element listed = R4().child(static_cast<TypeId>(id), i);
      Element found;
      ASSERT_TRUE(R4().FindChild(static_cast<TypeId>(id), listed.name, found)) << listed.path;
      EXPECT_EQ(found.row, listed.row);
      EXPECT_EQ(found.owner, id);
    }
  }
}

TEST(Elements, CarryTheirFacts) {
  const Element status = ChildOf("Observation", "status");
  EXPECT_EQ(NameOf(status.type), "code");
  EXPECT_EQ(status.min, 1);
  EXPECT_EQ(status.max, 1);
  EXPECT_FALSE(status.is_array);
  EXPECT_TRUE(status.modifier);
  EXPECT_TRUE(status.summary);
  EXPECT_EQ(status.binding, BindingStrength::kRequired);
  EXPECT_EQ(status.value_set, "http://hl7.org/fhir/ValueSet/observation-status|4.0.1");
  EXPECT_EQ(status.path, "Observation.status");
  const Element name = ChildOf("Patient", "name");
  EXPECT_EQ(name.max, kUnbounded);
  EXPECT_TRUE(name.is_array);
}

TEST(Elements, AreListedOnceWhenRequired) {
  const TypeId usage = R4().FindType("UsageContext");
  ASSERT_EQ(R4().required_count(usage), 2U);
  EXPECT_EQ(R4().required(usage, 0).name, "code");
  EXPECT_EQ(R4().required(usage, 1).choice, "value");
  EXPECT_EQ(R4().required(usage, 2).type, kNoType);
  EXPECT_EQ(R4().required_count(R4().FindType("HumanName")), 0U);
}

TEST(Elements, OfABaseAreChildrenOfEachType) {
  EXPECT_EQ(NameOf(ChildOf("Patient", "id").type), "id");
  EXPECT_EQ(NameOf(ChildOf("HumanName", "id").type), "string");
  EXPECT_EQ(NameOf(ChildOf("Extension", "url").type), "uri");
  EXPECT_EQ(NameOf(ChildOf("Patient", "meta").type), "Meta");
  EXPECT_EQ(NameOf(ChildOf("Patient", "contained").type), "Resource");
  EXPECT_EQ(NameOf(ChildOf("Patient.contact", "modifierExtension").type), "Extension");
  EXPECT_EQ(NameOf(ChildOf("code", "extension").type), "Extension");
}

TEST(Elements, FollowContentReferences) {
  EXPECT_EQ(NameOf(ChildOf("Observation.component", "referenceRange").type), "Observation.referenceRange");
  EXPECT_EQ(NameOf(ChildOf("Questionnaire.item", "item").type), "Questionnaire.item");
}

TEST(Elements, HoldNothingThatThePackageAdded) {
  Element element;
  EXPECT_FALSE(R4().FindChild(R4().FindType("Meta"), "project", element));
  EXPECT_FALSE(R4().FindChild(R4().FindType("Binary"), "url", element));
  EXPECT_EQ(R4().FindType("DeviceDefinition.classification"), kNoType);
}

TEST(Elements, OfAPrimitiveHaveNoValueMember) {
  Element element;
  EXPECT_FALSE(R4().FindChild(R4().FindType("string"), "value", element));
  EXPECT_TRUE(R4().FindChild(R4().FindType("Quantity"), "value", element));
}

TEST(Choices, HaveARowForEachType) {
  const Element quantity = ChildOf("Observation", "valueQuantity");
  EXPECT_EQ(quantity.choice, "value");
  EXPECT_EQ(quantity.path, "Observation.value[x]");
  EXPECT_EQ(NameOf(quantity.type), "Quantity");
  EXPECT_EQ(NameOf(ChildOf("Observation", "valueDateTime").type), "dateTime");
  Element element;
  EXPECT_FALSE(R4().FindChild(R4().FindType("Observation"), "value", element));
  EXPECT_FALSE(R4().FindChild(R4().FindType("Observation"), "valueAddress", element));
}

TEST(Choices, StandSideBySide) {
  const TypeId observation = R4().FindType("Observation");
  const auto range = R4().FindChoice(observation, "value");
  ASSERT_EQ(range.count, 11U);
  for (std::size_t i = 0; i < range.count; ++i) {
    EXPECT_EQ(R4().child(observation, range.first + i).choice, "value");
  }
  EXPECT_EQ(R4().FindChoice(observation, "status").count, 0U);
  EXPECT_EQ(R4().FindChoice(kNoType, "value").count, 0U);
}

TEST(Targets, AreTypesAndEmptyForAny) {
  EXPECT_EQ(TargetsOf(ChildOf("Encounter", "serviceProvider")), std::vector<std::string>{"Organization"});
  EXPECT_TRUE(TargetsOf(ChildOf("Observation", "focus")).empty());
}

TEST(SearchParameters, AreFoundForATypeAndItsBases) {
  SearchParameter parameter;
  ASSERT_TRUE(R4().FindSearchParameter("CarePlan", "replaces", parameter));
  EXPECT_EQ(parameter.type, SearchType::kReference);
  ASSERT_EQ(parameter.target_count, 1);
  EXPECT_EQ(NameOf(R4().target(parameter, 0)), "CarePlan");
  ASSERT_TRUE(R4().FindSearchParameter("CarePlan", "_lastUpdated", parameter));
  EXPECT_EQ(parameter.base, "Resource");
  EXPECT_FALSE(R4().FindSearchParameter("CarePlan", "nonsense", parameter));
  EXPECT_FALSE(R4().FindSearchParameter("Nonsense", "patient", parameter));
}

TEST(SearchParameters, AreThoseOfTheStandard) {
  std::set<std::string_view> urls;
  for (std::size_t row = 0; row < R4().search_parameter_count(); ++row) {
    urls.insert(R4().search_parameter(row).url);
  }
  EXPECT_EQ(urls.size(), 1375U);
  for (const std::string_view url : urls) {
    EXPECT_TRUE(url.starts_with("http://hl7.org/fhir/SearchParameter/")) << url;
  }
}

TEST(SearchParameters, HaveComponentsWhenComposite) {
  SearchParameter parameter;
  ASSERT_TRUE(R4().FindSearchParameter("Observation", "code-value-quantity", parameter));
  ASSERT_EQ(parameter.component_count, 2);
  EXPECT_EQ(R4().component(parameter, 0).expression, "code");
  EXPECT_EQ(R4().component(parameter, 2).definition, "");
}

TEST(Compartments, NameTypeAndParameter) {
  std::set<std::string_view> names;
  bool found = false;
  for (std::size_t i = 0; i < R4().compartment_row_count(); ++i) {
    const CompartmentRow row = R4().compartment_row(i);
    names.insert(row.compartment);
    found = found || (row.compartment == "Patient" && row.type == "CarePlan" && row.parameter == "patient");
  }
  EXPECT_EQ(names, (std::set<std::string_view>{"Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"}));
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace throughline::definitions
