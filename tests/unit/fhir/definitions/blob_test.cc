#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/definitions/rows.h"

extern "C" {
extern const std::byte throughline_r4_blob[];      // NOLINT: laid out by the assembler
extern const std::byte throughline_r4_blob_end[];  // NOLINT
}

namespace throughline::definitions {
namespace {

std::vector<std::byte> LinkedBlob() { return {throughline_r4_blob, throughline_r4_blob_end}; }

void LookAround(const Definitions& definitions) {
  Element element;
  SearchParameter parameter;
  definitions.FindType("Patient");
  definitions.FindTypeByUrl("http://hl7.org/fhir/StructureDefinition/Patient");
  definitions.FindSearchParameter("Patient", "name", parameter);
  definitions.component(parameter, 0);
  for (std::size_t id = 0; id < definitions.type_count(); id += 7) {
    const auto type = static_cast<TypeId>(id);
    definitions.Derives(type, 0);
    definitions.FindChoice(type, "value");
    definitions.FindChild(type, "status", element);
    definitions.target(element, 0);
    definitions.constraint(definitions.type(type), 0);
  }
  for (std::size_t row = 0; row < definitions.profile_count(); row += 7) {
    const Profile profile = definitions.profile(row);
    for (std::size_t i = 0; i < profile.element_count; ++i) {
      const ProfileElement child = definitions.element(profile, i);
      definitions.type_profile(definitions.type(child, 0), 0);
      definitions.constraint(child, 0);
      definitions.discriminator(child, 0);
      definitions.value(child, ValueKind::kFixed);
    }
  }
}

TEST(Blob, IsRefusedWhenCutOrOfAnotherVersion) {
  const std::vector<std::byte> whole = LinkedBlob();
  EXPECT_TRUE(Definitions::Open(whole));
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, sizeof(blob::Header), whole.size() - 8}) {
    const auto cut = Definitions::Open(std::span(whole).first(size));
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().issues.at(0).rule,
              size < sizeof(blob::Header) ? "definitions-version" : "definitions-damaged");
  }
  std::vector<std::byte> other = whole;
  other[8] = std::byte{99};
  const auto opened = Definitions::Open(other);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::kInternal);
  EXPECT_EQ(opened.error().issues.at(0).rule, "definitions-version");
}

TEST(Blob, IsRefusedOrSafeWhenDamaged) {
  const std::vector<std::byte> whole = LinkedBlob();
  const auto text = blob::HeaderOf(whole).sections[blob::kTypes].offset;
  std::mt19937 random(4);
  std::vector<std::byte> damaged = whole;
  for (int round = 0; round < 300; ++round) {
    const std::size_t range = round % 2 == 0 ? sizeof(blob::Header) : whole.size() - text;
    const std::size_t at = (round % 2 == 0 ? 0 : text) + random() % range;
    damaged[at] = static_cast<std::byte>(random());
    if (const auto opened = Definitions::Open(damaged)) {
      LookAround(*opened);
    }
    damaged[at] = whole[at];
  }
}

}  // namespace
}  // namespace throughline::definitions
