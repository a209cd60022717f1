#include <gtest/gtest.h>

#include "fhir/json/build.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/engine/to_local.h"
#include "mappings/language/error_report.h"
#include "mappings/language/load_map.h"
#include "tests/unit/mappings/engine/merged.h"
#include "tests/unit/mappings/support.h"

namespace throughline::engine {
namespace {

using language::LoadMap;
using language::MapErrorText;
using plan::Map;

struct Case {
  std::string name;
  std::string resource;  // its name in the hospital's map
  std::string stored;
  std::string produced;
  std::string merged;
};

void PrintTo(const Case& given, std::ostream* out) { *out << given.name; }

const Case kCases[] = {
    {"KeepsMembersOfOthers", "goal",
     R"({"resourceType":"Goal","id":"1","meta":{"versionId":"3"},"lifecycleStatus":"active","note":[{"text":"n"}],"description":{"text":"a"},"subject":{"reference":"Patient/1"}})",
     R"({"resourceType":"Goal","id":"1","lifecycleStatus":"active","description":{"text":"b"},"subject":{"reference":"Patient/1"}})",
     R"({"resourceType":"Goal","id":"1","meta":{"versionId":"3"},"lifecycleStatus":"active","note":[{"text":"n"}],"description":{"text":"b"},"subject":{"reference":"Patient/1"}})"},
    {"TakesAwayWhatTheSourceNoLongerSays", "goal",
     R"({"resourceType":"Goal","id":"1","description":{"text":"a"},"target":[{"dueDate":"2025-01-01"},{"detailString":"x"}]})",
     R"({"resourceType":"Goal","id":"1","description":{"text":"a"}})",
     R"({"resourceType":"Goal","id":"1","description":{"text":"a"},"target":[{"detailString":"x"}]})"},
    {"KeepsAStatusThatAPartnerChanged", "housing",
     R"({"resourceType":"Observation","id":"1","status":"amended","code":{"coding":[{"system":"http://loinc.org","code":"71802-3"}]}})",
     R"({"resourceType":"Observation","id":"1","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"71802-3","display":"Housing status"}]}})",
     R"({"resourceType":"Observation","id":"1","status":"amended","code":{"coding":[{"system":"http://loinc.org","code":"71802-3","display":"Housing status"}]}})"},
    {"KeepsATranslationOfTheSameCode", "housing",
     R"({"resourceType":"Observation","id":"1","valueCodeableConcept":{"coding":[{"system":"urn:p","code":"x"},{"system":"urn:throughline:sta-aurelia:housing","code":"OWN","display":"d"}]}})",
     R"({"resourceType":"Observation","id":"1","valueCodeableConcept":{"coding":[{"system":"urn:throughline:sta-aurelia:housing","code":"OWN"}]}})",
     R"({"resourceType":"Observation","id":"1","valueCodeableConcept":{"coding":[{"system":"urn:p","code":"x"},{"system":"urn:throughline:sta-aurelia:housing","code":"OWN","display":"d"}]}})"},
    {"DropsATranslationOfAnotherCode", "housing",
     R"({"resourceType":"Observation","id":"1","valueCodeableConcept":{"coding":[{"system":"urn:p","code":"x"},{"system":"urn:throughline:sta-aurelia:housing","code":"OWN"}]}})",
     R"({"resourceType":"Observation","id":"1","valueCodeableConcept":{"coding":[{"system":"urn:throughline:sta-aurelia:housing","code":"RENT"}]}})",
     R"({"resourceType":"Observation","id":"1","valueCodeableConcept":{"coding":[{"system":"urn:throughline:sta-aurelia:housing","code":"RENT"}]}})"},
    {"DropsTheReasonForAValueThatIsThereNow", "children",
     R"({"resourceType":"Observation","id":"1","dataAbsentReason":{"text":"?"}})",
     R"({"resourceType":"Observation","id":"1","valueInteger":2})",
     R"({"resourceType":"Observation","id":"1","valueInteger":2})"},
    {"FollowsAnItemByItsCode", "plan",
     R"({"resourceType":"CarePlan","id":"1","activity":[{"progress":[{"text":"one"}],"detail":{"code":{"coding":[{"system":"urn:throughline:sta-aurelia:activity","code":"COUNS"}]}}},{"progress":[{"text":"two"}],"detail":{"code":{"coding":[{"system":"urn:throughline:sta-aurelia:activity","code":"PEER"}]}}}]})",
     R"({"resourceType":"CarePlan","id":"1","activity":[{"detail":{"code":{"coding":[{"system":"urn:throughline:sta-aurelia:activity","code":"PEER"}]}}},{"detail":{"code":{"coding":[{"system":"urn:throughline:sta-aurelia:activity","code":"JOB"}]}}}]})",
     R"({"resourceType":"CarePlan","id":"1","activity":[{"progress":[{"text":"two"}],"detail":{"code":{"coding":[{"system":"urn:throughline:sta-aurelia:activity","code":"PEER"}]}}},{"detail":{"code":{"coding":[{"system":"urn:throughline:sta-aurelia:activity","code":"JOB"}]}}}]})"},
    {"LetsASharedResourceKeepWhatOtherRecordsSaid", "patient",
     R"({"resourceType":"Patient","id":"1","deceasedDateTime":"2025-02-01","identifier":[{"system":"urn:p","value":"9"},{"system":"urn:throughline:sta-aurelia:mrn","value":"7"}]})",
     R"({"resourceType":"Patient","id":"1","identifier":[{"system":"urn:throughline:sta-aurelia:mrn","value":"7"}],"gender":"male"})",
     R"({"resourceType":"Patient","id":"1","deceasedDateTime":"2025-02-01","identifier":[{"system":"urn:p","value":"9"},{"system":"urn:throughline:sta-aurelia:mrn","value":"7"}],"gender":"male"})"},
    {"ReadsPastAnObjectBesideAList", "patient",
     R"({"resourceType":"Patient","id":"1","name":[{"use":"official","_given":{"id":"a","extension":[]}}]})",
     R"({"resourceType":"Patient","id":"1","name":[{"use":"official","given":["A"]}]})",
     R"({"resourceType":"Patient","id":"1","name":[{"use":"official","given":["A"]}]})"},
    {"ReplacesHowNothingWasWritten", "stay",
     R"({"resourceType":"Encounter","id":"1","extension":[{"url":"urn:throughline:local-form","valueString":"null /dx"},{"url":"urn:p","valueString":"x"}]})",
     R"({"resourceType":"Encounter","id":"1"})",
     R"({"resourceType":"Encounter","id":"1","extension":[{"url":"urn:p","valueString":"x"}]})"},
};

class Merging : public testing::TestWithParam<Case> {
 protected:
  Merging() : map_(LoadMap(LibraryMap("sta-aurelia-discharge"), ReadFromDisk, definitions::R4())) {}
  Result<Map> map_;
};

TEST_P(Merging, GivesWhatTheCaseSays) {
  ASSERT_TRUE(map_);
  const Case& given = GetParam();
  json::Arena arena;
  const auto stored = json::Parse(given.stored, arena);
  const auto produced = json::Parse(given.produced, arena);
  ASSERT_TRUE(stored);
  ASSERT_TRUE(produced);
  const json::Value merged = Merged(*map_, given.resource, *stored, *produced, arena);
  EXPECT_EQ(json::ToString(merged), given.merged);
  EXPECT_EQ(json::ToString(Merged(*map_, given.resource, merged, *produced, arena)), given.merged);
}

constexpr std::string_view kReasons = R"(map: m
local: {format: ndjson, key: id}
fields:
  id: {required: true, fhir: 'p.identifier[id].value'}
  score: {fhir: o.valueInteger, absent: {'-9': unknown, '-8': asked-declined}}
  given.*: {fhir: 'p.name[known].given.*', absent: {NA: not-asked}}
resources:
  p: {type: Patient, 'identifier[id].system': 'urn:x', 'name[known].use': usual}
  o: {type: Observation, status: final, code.text: score}
)";

struct ReasonCase {
  std::string name;
  std::string resource;
  std::string stored;
  std::string produced;
  std::string merged;
};
void PrintTo(const ReasonCase& given, std::ostream* out) { *out << given.name; }

const ReasonCase kReasonCases[] = {
    {"KeepsAPartnersWordingOfTheSameReason", "o",
     R"({"dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"unknown"},{"system":"urn:p","code":"lost"}],"text":"lost"}})",
     R"({"dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"unknown"}]}})",
     R"({"dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"unknown"},{"system":"urn:p","code":"lost"}],"text":"lost"}})"},
    {"TakesTheReasonThatIsSaidNow", "o",
     R"({"dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"unknown"},{"system":"urn:p","code":"lost"}]}})",
     R"({"dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"asked-declined"}]}})",
     R"({"dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"asked-declined"}]}})"},
    {"ForgetsAReasonThatTheSourceNoLongerGives", "o",
     R"({"dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"unknown"}]}})",
     R"({})", R"({})"},
    {"KeepsAReasonForWhichTheSourceHasNoWord", "o",
     R"({"dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"masked"}]}})",
     R"({})",
     R"({"dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"masked"}]}})"},
    {"KeepsWhatHangsOnPlainItems", "p",
     R"({"name":[{"use":"usual","given":["Ana",null,"Rosa"],"_given":[{"extension":[{"url":"urn:p","valueString":"x"}]},{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"not-asked"}]},null]}]})",
     R"({"name":[{"use":"usual","given":["Ana","Rosa",null],"_given":[null,null,{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"not-asked"}]}]}]})",
     R"({"name":[{"use":"usual","given":["Ana","Rosa",null],"_given":[{"extension":[{"url":"urn:p","valueString":"x"}]},null,{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"not-asked"}]}]}]})"},
};

class MergingReasons : public testing::TestWithParam<ReasonCase> {};

TEST_P(MergingReasons, GivesWhatTheCaseSays) {
  const auto read = [](std::string_view) -> Result<std::string> { return std::string(kReasons); };
  const auto map = LoadMap("map.yaml", read, definitions::R4());
  ASSERT_TRUE(map) << MapErrorText(map.error());
  const ReasonCase& given = GetParam();
  const std::string type = given.resource == "p" ? "Patient" : "Observation";
  json::Arena arena;
  const auto whole = [&](const std::string& text) {
    return json::With(*json::Parse(text, arena), "resourceType", json::Value::String(arena.Copy(type)), arena);
  };
  const json::Value merged = Merged(*map, given.resource, whole(given.stored), whole(given.produced), arena);
  EXPECT_EQ(json::ToString(json::Without(merged, "resourceType", arena)), given.merged);
}

constexpr std::string_view kReferences = R"(map: m
local: {format: ndjson, key: id}
fields:
  id: {required: true, fhir: 'e.identifier[id].value'}
  name: 'p.name[known].text'
  first: main.code.text
  second: other.code.text
resources:
  p: {type: Patient, when: id}
  main: {type: Condition, subject: =p, recordedDate: '2025'}
  other: {type: Condition, subject: =p, recordedDate: '2024', 'extension[rank].url': 'urn:r', 'extension[rank].valueInteger': 2}
  e:
    type: EpisodeOfCare
    identifier[id].system: urn:x
    status: active
    patient: =p
    diagnosis[first].condition: =main
    diagnosis[second].condition: =other
main: e
)";

TEST(MergingReferences, AddsNoReferenceAgainWhereSlicesHoldNothingElse) {
  const auto read = [](std::string_view) -> Result<std::string> { return std::string(kReferences); };
  const auto map = LoadMap("map.yaml", read, definitions::R4());
  ASSERT_TRUE(map) << MapErrorText(map.error());
  json::Arena arena;
  const auto episode = [&](const std::string& diagnoses) {
    return *json::Parse(R"({"resourceType":"EpisodeOfCare","diagnosis":[)" + diagnoses + "]}", arena);
  };
  const std::string a = R"({"condition":{"reference":"Condition/a"}})";
  const std::string b = R"({"condition":{"reference":"Condition/b"}})";
  const std::string theirs = R"({"condition":{"reference":"Condition/t"},"rank":1})";
  const auto merged = [&](const std::string& stored, const std::string& produced) {
    return json::ToString(
        Merged(*map, "e", episode(stored), episode(produced), arena, {{"main", "a"}, {"other", "b"}}));
  };
  EXPECT_EQ(merged(a + "," + b, a + "," + b), json::ToString(episode(a + "," + b)));
  EXPECT_EQ(merged(theirs + "," + a, a + "," + b), json::ToString(episode(theirs + "," + a + "," + b)));
  EXPECT_EQ(merged(a + "," + theirs, a), json::ToString(episode(a + "," + theirs)));
}

INSTANTIATE_TEST_SUITE_P(Reasons, MergingReasons, testing::ValuesIn(kReasonCases),
                         [](const auto& given) { return given.param.name; });

INSTANTIATE_TEST_SUITE_P(Resources, Merging, testing::ValuesIn(kCases),
                         [](const auto& given) { return given.param.name; });

}  // namespace
}  // namespace throughline::engine
