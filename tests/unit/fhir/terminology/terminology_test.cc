#include "fhir/terminology/terminology.h"

#include <gtest/gtest.h>

#include "fhir/json/parse.h"
#include "tests/unit/fhir/terminology/example.h"

namespace throughline::terminology {
namespace {

using definitions::R4;

constexpr std::string_view kGender = "http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1";
constexpr std::string_view kGenderSystem = "http://hl7.org/fhir/administrative-gender";

TEST(MemberOf, TellsByCodeAndSystem) {
  const Terminology terminology(R4());
  EXPECT_EQ(terminology.MemberOf(kGender, Coding{kGenderSystem, {}, "female"}).answer, Answer::kYes);
  EXPECT_EQ(terminology.MemberOf(kGender, Coding{{}, {}, "female"}).answer, Answer::kYes);
  EXPECT_EQ(terminology.MemberOf(kGender, Coding{"http://example.org", {}, "female"}).answer, Answer::kNo);
  EXPECT_EQ(terminology.MemberOf(kGender, Coding{{}, {}, "Female"}).answer, Answer::kNo);
}

TEST(MemberOf, DoesNotKnowAValueSetThatIsNotLoaded) {
  const Verdict verdict = Terminology(R4()).MemberOf("http://example.org/set", Coding{{}, {}, "female"});
  EXPECT_EQ(verdict.answer, Answer::kUnknown);
  EXPECT_EQ(WordOf(verdict.reason), "unknown-value-set");
}

TEST(MemberOf, ReadsValuesOfEveryForm) {
  const Terminology terminology(R4());
  const auto answer = [&](std::string_view json) {
    const auto document = json::ParseDocument(json);
    return terminology.MemberOf(kGender, document->root).answer;
  };
  EXPECT_EQ(answer(R"("male")"), Answer::kYes);
  EXPECT_EQ(answer(R"({"system":"http://hl7.org/fhir/administrative-gender","code":"male"})"), Answer::kYes);
  EXPECT_EQ(answer(R"({"coding":[{"system":"http://example.org","code":"male"},
                      {"system":"http://hl7.org/fhir/administrative-gender","code":"male"}]})"),
            Answer::kYes);
  EXPECT_EQ(answer(R"({"coding":[{"system":"http://example.org","code":"male"}]})"), Answer::kNo);
  EXPECT_EQ(answer(R"({"text":"male"})"), Answer::kUnknown);
  EXPECT_EQ(answer("1"), Answer::kUnknown);
}

TEST(MemberOf, DoesNotKnowCodesOfAVersionThatIsNotLoaded) {
  constexpr std::string_view kAll = "http://example.org/all-colours";
  const auto answer = [](std::string_view version, std::string_view code) {
    return Examples().MemberOf(kAll, Coding{"http://example.org/colours", version, code}).answer;
  };
  EXPECT_EQ(answer("2", "green"), Answer::kNo);
  EXPECT_EQ(answer("3", "green"), Answer::kUnknown);
  EXPECT_EQ(answer("3", "blue"), Answer::kYes);
}

TEST(Offers, LeavesGroupersOut) {
  constexpr std::string_view kAll = "http://example.org/all-colours";
  const Coding any{"http://example.org/colours", {}, "any"};
  EXPECT_EQ(Examples().MemberOf(kAll, any).answer, Answer::kYes);
  EXPECT_EQ(Examples().Offers(kAll, any).answer, Answer::kNo);
  EXPECT_EQ(Examples().Offers(kAll, Coding{"http://example.org/colours", {}, "blue"}).answer, Answer::kYes);
}

TEST(Offers, ReadsAValueSetAsItIsWritten) {
  const auto set = json::ParseDocument(R"({"compose":{
      "include":[{"system":"http://example.org/colours"},{"system":"urn:x","concept":[{"code":"a"}]},
                 {"system":"urn:y","filter":[{"property":"p","op":"=","value":"v"}]}],
      "exclude":[{"system":"http://example.org/colours","concept":[{"code":"blue"}]}]}})");
  const auto answer = [&](std::string_view system, std::string_view code) {
    return Examples().Offers(set->root, Coding{system, {}, code}).answer;
  };
  EXPECT_EQ(answer("http://example.org/colours", "crimson"), Answer::kYes);
  EXPECT_EQ(answer("http://example.org/colours", "blue"), Answer::kNo);
  EXPECT_EQ(answer("http://example.org/colours", "any"), Answer::kNo);
  EXPECT_EQ(answer("urn:x", "a"), Answer::kYes);
  EXPECT_EQ(answer("urn:x", "b"), Answer::kNo);
  EXPECT_EQ(answer("urn:y", "a"), Answer::kUnknown);
  EXPECT_EQ(answer("urn:z", "a"), Answer::kNo);
}

}  // namespace
}  // namespace throughline::terminology
