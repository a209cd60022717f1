#include "fhir/terminology/terminology.h"

#include <gtest/gtest.h>

#include "fhir/json/parse.h"

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

}  // namespace
}  // namespace throughline::terminology
