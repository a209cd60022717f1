#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "mappings/engine/to_local.h"
#include "mappings/language/load_map.h"
#include "tests/unit/mappings/engine/merged.h"
#include "tests/unit/mappings/support.h"

namespace throughline::engine {
namespace {

class MergingOrder : public testing::Test {
 protected:
  MergingOrder() : map_(language::LoadMap(LibraryMap("sta-aurelia-discharge"), ReadFromDisk, definitions::R4())) {}

  std::string MergedText(std::string_view resource, const std::string& stored, const std::string& produced) {
    json::Arena arena;
    return json::ToString(Merged(*map_, resource, *json::Parse(stored, arena), *json::Parse(produced, arena), arena));
  }

  static std::string Activity(const std::string& code, const std::string& progress = "") {
    return (progress.empty() ? "{" : R"({"progress":[{"text":")" + progress + "\"}],") +
           R"("detail":{"code":{"coding":[{"system":"urn:throughline:sta-aurelia:activity","code":")" + code +
           "\"}]}}}";
  }
  static std::string Plan(const std::string& activities) {
    return R"({"resourceType":"CarePlan","activity":[)" + activities + "]}";
  }
  static std::string Patient(const std::string& given) {
    return R"({"resourceType":"Patient","name":[{"use":"official",)" + given + "}]}";
  }

  Result<plan::Map> map_;
};

TEST_F(MergingOrder, IsTheOrderOfTheRecord) {
  EXPECT_EQ(MergedText("plan", Plan(Activity("COUNS", "one") + "," + Activity("PEER", "two")),
                       Plan(Activity("MAT") + "," + Activity("PEER") + "," + Activity("COUNS"))),
            Plan(Activity("MAT") + "," + Activity("PEER", "two") + "," + Activity("COUNS", "one")));
}

TEST_F(MergingOrder, OfPlainValuesTakesWhatHangsOnThemAlong) {
  EXPECT_EQ(MergedText("patient", Patient(R"("given":["A","B"],"_given":[{"id":"a"},{"id":"b"}])"),
                       Patient(R"("given":["B","C","A"])")),
            Patient(R"("given":["B","C","A"],"_given":[{"id":"b"},null,{"id":"a"}])"));
}

}  // namespace
}  // namespace throughline::engine
