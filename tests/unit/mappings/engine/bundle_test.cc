#include "mappings/engine/bundle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "mappings/formats/record_reader.h"
#include "mappings/language/error_report.h"
#include "mappings/language/load_map.h"
#include "mappings/review/laws.h"
#include "tests/unit/mappings/support.h"

namespace throughline::engine {
namespace {

using language::LoadMap;
using plan::Map;
using review::RunToFhir;

class Bundles : public testing::Test {
 protected:
  Bundles()
      : map_(LoadMap(LibraryMap("sta-aurelia-discharge"), ReadFromDisk, definitions::R4())),
        file_(ReadWholeFile(std::string(THROUGHLINE_SOURCE_DIR) +
                            "/mappings/library/sta-aurelia-discharge/samples/hospital_discharge.json")) {}

  void SetUp() override {
    ASSERT_TRUE(map_);
    const auto made = RunToFhir(*map_, file_, ids_);
    ASSERT_TRUE(made);
    std::istringstream lines(*made);
    for (std::string line; std::getline(lines, line);) {
      const auto value = json::Parse(line, arena_);
      ASSERT_TRUE(value);
      const auto content = ReadBundle(*value, arena_);
      ASSERT_TRUE(content);
      if (content->envelope) envelope_ = *content->envelope;
      if (!content->envelope) bundles_.push_back(content->resources);
    }
    formats::RecordReader reader(map_->format(), formats::FromMemory(file_));
    for (auto record = reader.Next(arena_); record && record->has_value(); record = reader.Next(arena_)) {
      records_.push_back((*record)->value);
    }
  }

  Result<Map> map_;
  std::string file_;
  TestIds ids_;
  json::Arena arena_;
  std::string envelope_;
  std::vector<std::vector<SourceResource>> bundles_;
  std::vector<json::Value> records_;
};

TEST_F(Bundles, HoldARecordEachAndTheEnvelopeFirst) {
  EXPECT_EQ(bundles_.size(), 8u);
  EXPECT_EQ(envelope_, *formats::ReadEnvelope(map_->format(), formats::FromMemory(file_), {}));
}

TEST_F(Bundles, GiveBackKeysAndRecords) {
  ASSERT_EQ(records_.size(), bundles_.size());
  for (std::size_t i = 0; i < bundles_.size(); ++i) {
    EXPECT_EQ(ToLocal(*map_, bundles_[i], arena_).key, *KeyOf(*map_, records_[i]));
  }
  EXPECT_EQ(*KeyOf(*map_, records_[0]), "SA-004417|A25-0118");
}

TEST_F(Bundles, AreCutOutOfAHeapAgain) {
  std::vector<json::Value> heap;
  for (const auto& bundle : bundles_) {
    for (const SourceResource& resource : bundle) {
      const auto same = [&](const json::Value& other) {
        return other.Get("id").text() == resource.body.Get("id").text();
      };
      if (std::ranges::none_of(heap, same)) heap.push_back(resource.body);
    }
  }
  const auto records = SplitRecords(*map_, heap);
  ASSERT_EQ(records.size(), bundles_.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_TRUE(json::Equal(ToLocal(*map_, records[i], arena_).record, ToLocal(*map_, bundles_[i], arena_).record))
        << i;
  }
}

TEST(Heaps, GiveARecordWhatOnlySharedResourcesReferTo) {
  const auto read = [](std::string_view) -> Result<std::string> {
    return std::string(R"(map: m
local: {format: ndjson, key: no}
fields:
  no: {required: true, fhir: 'stay.identifier[no].value'}
  who: {required: true, fhir: 'person.identifier[no].value'}
  centre: {required: true, fhir: 'centre.identifier[no].value'}
resources:
  person: {type: Patient, key: who, 'identifier[no].system': 'urn:who', managingOrganization: =centre}
  centre: {type: Organization, key: centre, 'identifier[no].system': 'urn:centre', 'extension[c].url': 'urn:x', 'extension[c].valueReference': =person}
  stay: {type: Basic, 'identifier[no].system': 'urn:no', code.text: stay, subject: =person}
main: stay
)");
  };
  const auto map = LoadMap("map.yaml", read, definitions::R4());
  ASSERT_TRUE(map) << language::MapErrorText(map.error());
  json::Arena arena;
  TestIds ids;
  std::vector<json::Value> heap;
  for (const std::string_view text : {R"({"no":"1","who":"a","centre":"c"})", R"({"no":"2","who":"b","centre":"c"})"}) {
    for (const MappedResource& made : ToFhir(*map, *json::Parse(text, arena), ids, arena).resources) {
      heap.push_back(made.body);
    }
  }
  const auto records = SplitRecords(*map, heap);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(json::ToString(ToLocal(*map, records[1], arena).record), R"({"no":"2","who":"b","centre":"c"})");
}

TEST_F(Bundles, RefuseWhatIsNeitherBundleNorResource) {
  EXPECT_FALSE(ReadBundle(*json::Parse("{}", arena_), arena_));
  const auto list = ReadBundle(*json::Parse("[1]", arena_), arena_);
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().issues.at(0).rule, "map-bundle");
}

TEST(Keys, KeepTheirPartsApart) {
  const std::string_view parts[] = {"a|b", "c\\", "d"};
  EXPECT_EQ(JoinKey(parts), R"(a\|b|c\\|d)");
}

TEST(Ledger, WritesCellsThatASpreadsheetDoesNotRun) {
  const LedgerRow rows[] = {{"=f", "/a,\"b\"", LedgerKind::kDropped, "why"}};
  std::string out(LedgerHeader());
  AppendLedgerLines("k", rows, out);
  EXPECT_EQ(out, "record,field,path,kind,reason\r\nk,\"'=f\",\"/a,\"\"b\"\"\",dropped,why\r\n");
}

TEST_F(Bundles, RefuseARecordThatMakesTooManyResources) {
  std::string record = R"({"mrn":"1","admission":{"no":"2","class":"INP"},"dx":[)";
  for (int i = 0; i < 3000; ++i) record += i == 0 ? R"({"code":"F10"})" : R"(,{"code":"F10"})";
  const auto value = json::Parse(record + "]}", arena_);
  ASSERT_TRUE(value);
  const Mapped mapped = ToFhir(*map_, *value, ids_, arena_);
  EXPECT_EQ(mapped.verdict, Verdict::kQuarantine);
  EXPECT_EQ(mapped.issues.at(0).rule, "map-too-many");
  EXPECT_EQ(mapped.issues.at(0).location, "/dx");
}

}  // namespace
}  // namespace throughline::engine
