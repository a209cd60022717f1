#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"

namespace throughline::definitions {
namespace {

constexpr std::string_view kBase = "http://hl7.org/fhir/StructureDefinition/";

Profile Find(std::string_view name) {
  Profile profile;
  EXPECT_TRUE(R4().FindProfile(std::string(kBase) + std::string(name), profile)) << name;
  return profile;
}

ProfileElement ElementOf(const Profile& profile, std::string_view id) {
  for (std::size_t i = 0; i < profile.element_count; ++i) {
    if (const ProfileElement element = R4().element(profile, i); element.id == id) {
      return element;
    }
  }
  ADD_FAILURE() << id;
  return {};
}

std::vector<std::string> KeysOf(const auto& owner) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < owner.constraint_count; ++i) {
    keys.emplace_back(R4().constraint(owner, i).key);
  }
  return keys;
}

Element ElementBelow(std::string_view type, std::string_view name) {
  Element element;
  EXPECT_TRUE(R4().FindChild(R4().FindType(type), name, element)) << type << "." << name;
  return element;
}

TEST(Constraints, OfATypeHoldInheritedOnesOnce) {
  const Type patient = R4().type(R4().FindType("Patient"));
  EXPECT_EQ(KeysOf(patient), (std::vector<std::string>{"dom-2", "dom-3", "dom-4", "dom-5", "dom-6"}));
  EXPECT_EQ(KeysOf(R4().type(R4().FindType("Age"))), (std::vector<std::string>{"age-1", "ele-1", "qty-3"}));
  EXPECT_EQ(KeysOf(R4().type(R4().FindType("Patient.contact"))), (std::vector<std::string>{"ele-1", "pat-1"}));
  const Constraint contact = R4().constraint(R4().type(R4().FindType("Patient.contact")), 1);
  EXPECT_EQ(contact.expression, "name.exists() or telecom.exists() or address.exists() or organization.exists()");
  EXPECT_EQ(contact.severity, ConstraintSeverity::kError);
  EXPECT_EQ(contact.source, "http://hl7.org/fhir/StructureDefinition/Patient");
  EXPECT_EQ(R4().constraint(patient, 4).severity, ConstraintSeverity::kWarning);
  EXPECT_EQ(R4().constraint(patient, 5).key, "");
}

TEST(Constraints, OfAnElementAreThoseBeyondItsType) {
  EXPECT_TRUE(KeysOf(ElementBelow("Patient", "contact")).empty());
  EXPECT_TRUE(KeysOf(ElementBelow("Patient", "name")).empty());
  EXPECT_EQ(KeysOf(ElementBelow("Timing.repeat", "duration")), (std::vector<std::string>{}));
  EXPECT_EQ(KeysOf(ElementBelow("Narrative", "div")), (std::vector<std::string>{"txt-1", "txt-2"}));
}

TEST(Constraints, OfAnElementHoldThoseOfTheProfileOnItsType) {
  EXPECT_EQ(KeysOf(ElementBelow("Range", "low")), (std::vector<std::string>{"sqty-1"}));
}

TEST(Profiles, AreAllStructureDefinitions) {
  EXPECT_EQ(R4().profile_count(), 649U);
  std::set<std::string_view> urls;
  for (std::size_t row = 0; row < R4().profile_count(); ++row) {
    const Profile profile = R4().profile(row);
    urls.insert(profile.url);
    Profile found;
    ASSERT_TRUE(R4().FindProfile(profile.url, found)) << profile.url;
    EXPECT_EQ(found.row, row);
    EXPECT_TRUE(profile.type_id != kNoType || profile.kind == StructureKind::kLogical) << profile.url;
  }
  EXPECT_EQ(urls.size(), 649U);
}

TEST(Profiles, AreFoundByCanonicalWithAndWithoutVersion) {
  Profile profile;
  EXPECT_TRUE(R4().FindProfile(std::string(kBase) + "vitalsigns|4.0.1", profile));
  EXPECT_EQ(profile.name, "observation-vitalsigns");
  EXPECT_EQ(profile.type, "Observation");
  EXPECT_EQ(profile.base, "http://hl7.org/fhir/StructureDefinition/Observation");
  EXPECT_EQ(profile.derivation, Derivation::kConstraint);
  EXPECT_EQ(profile.kind, StructureKind::kResource);
  EXPECT_FALSE(R4().FindProfile(std::string(kBase) + "vitalsigns|9", profile));
  EXPECT_FALSE(R4().FindProfile(std::string(kBase) + "vital", profile));
  EXPECT_FALSE(R4().FindProfile("", profile));
}

TEST(Profiles, HaveASnapshotThatIsATree) {
  for (std::size_t row = 0; row < R4().profile_count(); ++row) {
    const Profile profile = R4().profile(row);
    std::size_t reached = 1;
    for (std::size_t i = 0; i < profile.element_count; ++i) {
      const ProfileElement element = R4().element(profile, i);
      EXPECT_EQ(element.parent == kNoElement, i == 0) << element.id;
      for (std::uint16_t child = element.first_child; child != kNoElement;
           child = R4().element(profile, child).next_sibling) {
        EXPECT_EQ(R4().element(profile, child).parent, i);
        ++reached;
      }
    }
    EXPECT_EQ(reached, profile.element_count) << profile.url;
  }
}

TEST(Profiles, KeepSlicesBesideWhatTheySlice) {
  const Profile vitals = Find("vitalsigns");
  const ProfileElement category = ElementOf(vitals, "Observation.category");
  EXPECT_EQ(category.slicing, SlicingRules::kOpen);
  EXPECT_FALSE(category.ordered);
  ASSERT_EQ(category.discriminator_count, 2);
  EXPECT_EQ(R4().discriminator(category, 0).path, "coding.code");
  EXPECT_EQ(R4().discriminator(category, 1).type, DiscriminatorType::kValue);
  EXPECT_EQ(R4().discriminator(category, 2).path, "");
  const ProfileElement slice = R4().element(vitals, category.next_sibling);
  EXPECT_EQ(slice.id, "Observation.category:VSCat");
  EXPECT_EQ(slice.slice_name, "VSCat");
  EXPECT_EQ(slice.min, 1);
  EXPECT_TRUE(slice.must_support);
  EXPECT_EQ(R4().element(vitals, slice.first_child).path, "Observation.category.id");
}

TEST(Profiles, KeepFixedValuesAsJson) {
  const Profile vitals = Find("vitalsigns");
  const ElementValue code = R4().value(ElementOf(vitals, "Observation.category:VSCat.coding.code"), ValueKind::kFixed);
  EXPECT_EQ(code.type, "code");
  EXPECT_EQ(code.json, "\"vital-signs\"");
  EXPECT_EQ(R4().value(ElementOf(vitals, "Observation.code"), ValueKind::kFixed).json, "");
  EXPECT_EQ(R4().value(ElementOf(vitals, "Observation.category:VSCat.coding.code"), ValueKind::kPattern).json, "");
}

TEST(Profiles, KeepTypesWithTheirProfilesAndTargets) {
  const ProfileElement subject = ElementOf(Find("vitalsigns"), "Observation.subject");
  ASSERT_EQ(subject.type_count, 1);
  const ElementType reference = R4().type(subject, 0);
  EXPECT_EQ(reference.code, "Reference");
  EXPECT_EQ(reference.type_id, R4().FindType("Reference"));
  EXPECT_EQ(R4().target_profile(reference, 0), "http://hl7.org/fhir/StructureDefinition/Patient");
  EXPECT_EQ(R4().target_profile(reference, 1), "");
  const ElementType quantity = R4().type(ElementOf(Find("Range"), "Range.low"), 0);
  EXPECT_EQ(R4().type_profile(quantity, 0), "http://hl7.org/fhir/StructureDefinition/SimpleQuantity");
}

TEST(Profiles, KeepBindingsOfEveryStrength) {
  const ProfileElement language = ElementOf(Find("Patient"), "Patient.language");
  EXPECT_EQ(language.binding, BindingStrength::kPreferred);
  EXPECT_EQ(language.value_set, "http://hl7.org/fhir/ValueSet/languages");
  EXPECT_EQ(language.max_value_set, "http://hl7.org/fhir/ValueSet/all-languages");
  EXPECT_EQ(ElementBelow("Patient", "language").max_value_set, "http://hl7.org/fhir/ValueSet/all-languages");
}

TEST(Profiles, TellWhichConstraintsTheTypesState) {
  const ProfileElement root = R4().element(Find("vitalsigns"), 0);
  std::set<std::string> added;
  for (std::size_t i = 0; i < root.constraint_count; ++i) {
    if (const Constraint constraint = R4().constraint(root, i); !constraint.inherited) {
      added.emplace(constraint.key);
    }
  }
  EXPECT_EQ(added, (std::set<std::string>{"vs-2"}));
}

TEST(Profiles, OfATypeOfAnElementStateTheirOwnConstraints) {
  const ProfileElement root = R4().element(Find("SimpleQuantity"), 0);
  for (std::size_t i = 0; i < root.constraint_count; ++i) {
    const Constraint constraint = R4().constraint(root, i);
    EXPECT_EQ(constraint.inherited, constraint.key != "sqty-1") << constraint.key;
  }
}

TEST(Profiles, FollowContentReferences) {
  const Profile observation = Find("Observation");
  const ProfileElement range = ElementOf(observation, "Observation.component.referenceRange");
  EXPECT_EQ(range.content_reference, "Observation.referenceRange");
  EXPECT_EQ(R4().element(observation, range.content).id, "Observation.referenceRange");
  EXPECT_EQ(range.type_count, 0);
}

TEST(Extensions, SayWhereTheyStand) {
  const Profile birth_place = Find("patient-birthPlace");
  EXPECT_EQ(birth_place.type, "Extension");
  ASSERT_EQ(birth_place.context_count, 1);
  EXPECT_EQ(R4().context(birth_place, 0).kind, ContextKind::kElement);
  EXPECT_EQ(R4().context(birth_place, 0).expression, "Patient");
  EXPECT_EQ(R4().context(birth_place, 1).expression, "");
  EXPECT_EQ(R4().value(ElementOf(birth_place, "Extension.url"), ValueKind::kFixed).json,
            "\"http://hl7.org/fhir/StructureDefinition/patient-birthPlace\"");
}

}  // namespace
}  // namespace throughline::definitions
