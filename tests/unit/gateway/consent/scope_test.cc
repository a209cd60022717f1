#include "gateway/consent/scope.h"

#include <gtest/gtest.h>

#include "fhir/definitions/definitions.h"
#include "gateway/consent/decide.h"

namespace throughline::consent {
namespace {

Result<Scopes> Parse(std::string_view text) { return Scopes::Parse(text, definitions::R4()); }

struct Case {
  std::string_view scopes;
  std::string_view type;
  std::string_view granted;  // letters
};

TEST(Scopes, GrantNoMoreThanTheySay) {
  constexpr Case kCases[] = {
      {"system/Patient.cruds", "Patient", "cruds"},
      {"system/Patient.rs", "Patient", "rs"},
      {"system/Patient.rs", "Observation", ""},
      {"system/*.r", "Observation", "r"},
      {"system/Patient.read", "Patient", "rs"},
      {"system/Patient.write", "Patient", "cud"},
      {"system/Patient.r system/Patient.u", "Patient", "ru"},
      {"system/*.cruds", "AuditEvent", ""},
      {"system/*.cruds", "Provenance", ""},
      {"system/AuditEvent.rs", "AuditEvent", "rs"},
      {"", "Patient", ""},
  };
  for (const Case& one : kCases) {
    const auto scopes = Parse(one.scopes);
    ASSERT_TRUE(scopes) << one.scopes;
    for (const Action action : {Action::kCreate, Action::kRead, Action::kUpdate, Action::kDelete, Action::kSearch}) {
      EXPECT_EQ(scopes->Cover(one.type, action), one.granted.find(LetterOf(action)) != std::string_view::npos)
          << one.scopes << " " << one.type << " " << LetterOf(action);
    }
  }
}

TEST(Scopes, RefuseWhatIsNotInTheGrammar) {
  constexpr std::string_view kBad[] = {
      "system/Patient.dus",
      "system/Patient.rr",
      "system/Patient.",
      "system/Patient",
      "system/Patient.read.write",
      "system/observation.rs",
      "system/*.*?x=1",
      "system/Observation.rs?evil=1",
      "patient/Patient.rs",
      "user/*.cruds",
      "system/Resource.r",
      "system/DomainResource.r",
      "system/HumanName.r",
      "system/Foo.r",
      "system/Patient.R",
      " system/Patient.r",
      "system/Patient.r  system/Patient.u",
      "system/.r",
      "*.cruds",
      "system/Patient.rs,system/Group.r",
      "local/Map.r",
      "local/-map.r",
      "local/.r",
  };
  for (const std::string_view text : kBad) {
    const auto scopes = Parse(text);
    ASSERT_FALSE(scopes) << text;
    EXPECT_EQ(scopes.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(scopes.error().issues.at(0).rule, "scope-grammar");
  }
  EXPECT_FALSE(Parse(std::string(8192, 'a')));
}

TEST(Scopes, TellEveryBadOneByItsPlace) {
  const auto scopes = Parse("system/Foo.r system/Patient.r system/Patient.sr");
  ASSERT_FALSE(scopes);
  ASSERT_EQ(scopes.error().issues.size(), 2u);
  EXPECT_EQ(scopes.error().issues[1].location, "scope 3");
}

TEST(Scopes, OfMapsAreNotOfTypes) {
  const auto scopes = Parse("local/sta-aurelia-discharge.cr system/Patient.r");
  ASSERT_TRUE(scopes);
  EXPECT_TRUE(scopes->CoverMap("sta-aurelia-discharge", Action::kCreate));
  EXPECT_FALSE(scopes->CoverMap("sta-aurelia-discharge", Action::kUpdate));
  EXPECT_FALSE(scopes->CoverMap("Patient", Action::kRead));
  EXPECT_FALSE(scopes->Cover("sta-aurelia-discharge", Action::kCreate));
}

TEST(Decide, PermitsRegisteredClientsWithinTheirScopes) {
  Requester requester;
  requester.scopes = *Parse("system/Patient.r");
  EXPECT_EQ(Decide(requester, {Action::kRead, "Patient"}).refusal(), "client-unknown");
  requester.client_id = "hospital";
  EXPECT_EQ(Decide(requester, {Action::kRead, "Patient"}).reach(), Predicate::Reach::kEverything);
  EXPECT_EQ(Decide(requester, {Action::kUpdate, "Patient"}).refusal(), "scope");
  EXPECT_EQ(Decide(requester, {Action::kRead, "Observation"}).reach(), Predicate::Reach::kNothing);
}

}  // namespace
}  // namespace throughline::consent
