#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/engine/to_local.h"
#include "mappings/formats/record_reader.h"
#include "mappings/formats/record_writer.h"
#include "mappings/language/error_report.h"
#include "mappings/language/load_map.h"
#include "mappings/review/check_report.h"
#include "mappings/review/laws.h"
#include "mappings/review/sample_files.h"
#include "tests/unit/mappings/support.h"

namespace throughline::library {
namespace {

using engine::LedgerRow;
using engine::Mapped;
using engine::MappedResource;
using engine::SourceResource;
using engine::ToFhir;
using engine::ToLocal;
using engine::Verdict;
using language::LoadMap;
using language::MapErrorText;
using plan::GoldenFile;
using plan::GoldenKind;
using plan::Map;
using plan::MapTest;
using review::CheckReportMarkdown;
using review::MakeGolden;
using review::TestMap;
using review::TestReportText;

class Library : public testing::TestWithParam<std::string> {
 protected:
  Library() : map_(LoadMap(LibraryMap(GetParam()), ReadFromDisk, definitions::R4())) {}
  void SetUp() override { ASSERT_TRUE(map_) << MapErrorText(map_.error()); }

  // THROUGHLINE_GOLDEN=1 writes the expected files anew; look at the difference before it is committed.
  void WriteExpectedWhenAsked() {
    if (std::getenv("THROUGHLINE_GOLDEN") == nullptr) return;
    const std::string path(map_->path());
    const std::string folder = path.substr(0, path.rfind('/') + 1);
    for (const MapTest& test : map_->tests()) {
      for (const GoldenFile& golden : test.goldens) {
        if (golden.file == test.given) continue;
        const auto made = MakeGolden(*map_, golden.kind, ReadWholeFile(folder + test.given), ids_);
        ASSERT_TRUE(made);
        std::ofstream(folder + golden.file, std::ios::binary) << *made;
      }
    }
  }

  Result<Map> map_;
  TestIds ids_;
};

TEST_P(Library, KeepsTheLawsOnItsSamples) {
  WriteExpectedWhenAsked();
  const auto report = TestMap(*map_, ReadFromDisk, definitions::R4(), ids_, {});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_GT(report->samples, 0u);
  EXPECT_TRUE(report->ok()) << TestReportText(*map_, *report);
}

// docs/maps/ is made from the maps.
TEST_P(Library, HasAPageWithTheGradeOfEveryField) {
  const std::string file = std::string(THROUGHLINE_SOURCE_DIR) + "/docs/maps/" + GetParam() + ".md";
  const std::string page = CheckReportMarkdown(*map_);
  if (std::getenv("THROUGHLINE_GOLDEN") != nullptr) std::ofstream(file, std::ios::binary) << page;
  EXPECT_EQ(ReadWholeFile(file), page);
}

TEST_P(Library, KeepsTheLawsOnGeneratedRecords) {
  const char* many = std::getenv("THROUGHLINE_GENERATE");
  const std::size_t count = many == nullptr ? 60 : std::strtoul(many, nullptr, 10);
  const auto report = TestMap(*map_, ReadFromDisk, definitions::R4(), ids_, {count, 7});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->generated, count);
  EXPECT_TRUE(report->ok()) << TestReportText(*map_, *report);
}

INSTANTIATE_TEST_SUITE_P(Maps, Library, testing::Values("sta-aurelia-discharge", "ndtms"),
                         [](const auto& given) { return given.param == "ndtms" ? "Ndtms" : "StaAureliaDischarge"; });

// The rules that exporters of NDTMS keep, each a way to lose data when it is not known.
class Ndtms : public testing::Test {
 protected:
  Ndtms() : map_(LoadMap(LibraryMap("ndtms"), ReadFromDisk, definitions::R4())) {}
  void SetUp() override { ASSERT_TRUE(map_) << MapErrorText(map_.error()); }

  static constexpr std::string_view kHeader =
      "AGNCY,CLIENTID,EPISODID,CONSENT,FINITIAL,SINITIAL,DOB,SEX,REFLD,TRIAGED,PC,DRUG1,MODAL,RECPEER,RECHSE,"
      "TOPDATE,ALCUSE,EDUCAT\n";
  static constexpr std::string_view kRow =
      "N1,40017,71001,Y,D,M,11/06/1984,1,06/01/2025,09/01/2025,ZZ9 9,1011,96,Y,N,13/01/2025,NA,3\n";

  static std::string With(std::string row, const std::string& cell, const std::string& other) {
    const std::size_t at = row.find(cell);
    EXPECT_NE(at, std::string::npos) << cell;
    return row.replace(at, cell.size(), other);
  }

  // Maps a file there and back; `back_` is the file that comes back, without the records that are refused.
  void Run(const std::string& file) {
    const auto envelope = formats::ReadEnvelope(map_->format(), formats::FromMemory(file), {});
    ASSERT_TRUE(envelope);
    formats::RecordWriter writer(map_->format(), *envelope, [this](std::string_view bytes) -> Result<void> {
      back_.append(bytes);
      return {};
    });
    ASSERT_TRUE(writer.Begin());
    formats::RecordReader reader(map_->format(), formats::FromMemory(file));
    for (;;) {
      json::Arena arena;
      const auto record = reader.Next(arena);
      ASSERT_TRUE(record);
      if (!record->has_value()) break;
      const Mapped mapped = ToFhir(*map_, (*record)->value, ids_, arena);
      for (const Issue& issue : mapped.issues) issues_ += issue.location + " " + issue.text + "\n";
      for (const LedgerRow& row : mapped.ledger) ledger_ += std::string(CodeOf(row.kind)) + " " + row.path + "\n";
      if (mapped.verdict != Verdict::kMapped) continue;
      std::vector<SourceResource> sources;
      for (const MappedResource& resource : mapped.resources) {
        fhir_ += json::ToString(resource.body) + "\n";
        sources.push_back({{}, resource.body});
      }
      ASSERT_TRUE(writer.Write(ToLocal(*map_, sources, arena).record));
    }
    for (const Issue& notice : reader.Notices()) notices_ += notice.text + "\n";
  }

  std::size_t Count(std::string_view text) const {
    std::size_t count = 0;
    for (std::size_t at = fhir_.find(text); at != std::string::npos; at = fhir_.find(text, at + 1)) ++count;
    return count;
  }

  Result<Map> map_;
  TestIds ids_;
  std::string back_, fhir_, issues_, ledger_, notices_;
};

TEST_F(Ndtms, Rule1ConsentNKeepsAgencyClientAndConsentAlone) {
  const std::string file = std::string(kHeader) + With(std::string(kRow), ",Y,D,", ",N,D,");
  Run(file);
  EXPECT_EQ(back_, std::string(kHeader) + "N1,40017,NA,N,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA\n");
  EXPECT_EQ(fhir_.find("1984"), std::string::npos);
  EXPECT_EQ(fhir_.find("1011"), std::string::npos);
  EXPECT_NE(ledger_.find("withheld /DOB"), std::string::npos);
  EXPECT_NE(ledger_.find("withheld /row/0/DRUG1"), std::string::npos);
}

TEST_F(Ndtms, Rule2NaIsNothingAndAnUnansweredQuestionInTheProfile) {
  Run(std::string(kHeader) + With(std::string(kRow), "ZZ9 9", "NA"));
  EXPECT_EQ(back_, std::string(kHeader) + With(std::string(kRow), "ZZ9 9", "NA"));
  EXPECT_EQ(Count("asked-declined"), 1u);
  EXPECT_EQ(fhir_.find("\"NA\""), std::string::npos);
}

TEST_F(Ndtms, Rule3FlagsOfARowAreActivitiesOfItsPlan) {
  Run(std::string(kHeader) + std::string(kRow));
  EXPECT_EQ(Count("\"activity\":[{\"detail\":"), 1u);
  EXPECT_EQ(Count("\"detail\":"), 1u) << "what is not given is no activity";
  EXPECT_EQ(Count("\"code\":\"RECHSE\""), 1u) << "but an answer";
}

TEST_F(Ndtms, WhatRowsOfAnEpisodeRepeatIsMadeOnce) {
  const std::string row(kRow);
  const std::string profile = With(row, ",3\n", ",4\n");
  Run(std::string(kHeader) + row + profile);
  EXPECT_EQ(back_, std::string(kHeader) + row + profile);
  EXPECT_EQ(Count("\"resourceType\":\"Procedure\""), 1u) << "one intervention of two profiles";
  EXPECT_EQ(Count("\"resourceType\":\"CarePlan\""), 1u);
  EXPECT_EQ(Count("\"code\":\"TOP\""), 2u);
}

TEST_F(Ndtms, Rule4RowsWithoutAnInterventionSayNothingOfOne) {
  Run(std::string(kHeader) + With(std::string(kRow), ",96,", ",NA,"));
  EXPECT_EQ(fhir_.find("Recovery support\"}]},\"subject"), std::string::npos);
  EXPECT_EQ(back_, std::string(kHeader) + With(std::string(kRow), ",96,", ",NA,"));
}

TEST_F(Ndtms, Rule5WhatMustBeThereAndInWhichOrder) {
  const std::string row(kRow);
  Run(std::string(kHeader) + With(row, "09/01/2025", "05/01/2025") +
      With(With(row, "71001", "2"), "11/06/1984", "11/06/2010") + With(With(row, "71001", "3"), ",1011,", ",NA,") +
      With(With(row, "71001", "4"), ",3\n", ",31\n"));
  EXPECT_NE(issues_.find("/TRIAGED TRIAGED is before REFLD"), std::string::npos) << issues_;
  EXPECT_NE(issues_.find("/REFLD REFLD is before DOB + 18 years"), std::string::npos);
  EXPECT_NE(issues_.find("/row/0/DRUG1 the field is required"), std::string::npos);
  EXPECT_NE(issues_.find("/row/0/EDUCAT the number is outside the range"), std::string::npos);
  EXPECT_EQ(back_, kHeader);
}

TEST_F(Ndtms, Rule6TwoNamesGluedByATabAreNoticed) {
  Run(With(std::string(kHeader) + std::string(kRow), "ALCUSE,EDUCAT", "ALCUSE\tEDUCAT,X"));
  EXPECT_NE(notices_.find("the file has no column 'EDUCAT'"), std::string::npos);
  EXPECT_NE(notices_.find("glued two names"), std::string::npos);
  EXPECT_NE(issues_.find("the map does not know this field"), std::string::npos);
}

TEST_F(Ndtms, Rule7TheClientsNumberIsTheIdentityAndNeverTheInitials) {
  const std::string row(kRow);
  Run(std::string(kHeader) + row + With(With(row, ",D,M,11/06/1984", ",X,Y,12/07/1985"), "71001", "71002"));
  EXPECT_EQ(Count("\"resourceType\":\"Patient\""), 2u);
  const std::size_t first = fhir_.find("\"id\":");
  EXPECT_NE(fhir_.find(fhir_.substr(first, 43), first + 50), std::string::npos) << "both rows make the same Patient";
}

TEST_F(Ndtms, SeveralRowsOfAnEpisodeAreOneEpisodeAndAProfileEach) {
  const std::string row(kRow);
  const std::string file = std::string(kHeader) + row + With(With(row, "13/01/2025", "14/04/2025"), ",Y,N,", ",Y,Y,");
  Run(file);
  EXPECT_EQ(back_, file);
  EXPECT_EQ(Count("\"resourceType\":\"EpisodeOfCare\""), 1u);
  EXPECT_EQ(Count("\"effectiveDateTime\""), 2u);
}

TEST_F(Ndtms, Rule1TheAgencyMayBeTheCodeOfTheCatchmentAreaAndStaysAsItIs) {
  const std::string row = With(With(std::string(kRow), ",Y,D,", ",N,D,"), "N1,", "E09000001,");
  Run(std::string(kHeader) + row);
  EXPECT_EQ(back_, std::string(kHeader) + "E09000001,40017,NA,N,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA\n");
  EXPECT_EQ(Count("E09000001"), 2u) << "assigner of the client's number, and part of the agency's own";
}

TEST_F(Ndtms, Rule3ColumnsAreNothingAFieldOrAFunctionOfTheRow) {
  const std::string header = With(std::string(kHeader), ",MODAL,", ",MODAL,MODEND,DISD,");
  const std::string row(kRow);
  const std::string open = With(row, ",96,", ",96,NA,NA,");
  const std::string closed = With(With(row, ",96,", ",96,01/06/2025,02/06/2025,"), "71001", "71002");
  Run(header + open + closed);
  EXPECT_EQ(back_, header + open + closed);
  EXPECT_EQ(Count("\"status\":\"completed\",\"basedOn\"") + Count("\"status\":\"completed\",\"code\""), 1u) << fhir_;
  EXPECT_EQ(Count("\"resourceType\":\"EpisodeOfCare\""), 2u);
  EXPECT_EQ(Count("\"status\":\"finished\""), 1u);
}

TEST_F(Ndtms, NumericTrapsRouteOneIsInjectedAndSexOneIsMale) {
  Run(With(std::string(kHeader), "DRUG1,", "DRUG1,ROUTE,") + With(std::string(kRow), ",1011,", ",1011,1,"));
  EXPECT_EQ(Count("\"gender\":\"male\""), 1u);
  EXPECT_EQ(Count("\"system\":\"urn:throughline:ndtms:route\",\"code\":\"1\",\"display\":\"Inject\""), 1u) << fhir_;
}

TEST_F(Ndtms, NumericTrapsCocaineAndCrackStayTwoDrugs) {
  const std::string header = With(std::string(kHeader), "DRUG1,", "DRUG1,DRUG2,");
  const std::string row = With(std::string(kRow), ",1011,", ",3200,3201,");
  Run(header + row);
  EXPECT_EQ(back_, header + row);
  EXPECT_EQ(Count("\"code\":\"3200\""), 1u);
  EXPECT_EQ(Count("\"code\":\"3201\""), 1u);
}

std::string LibraryFile(std::string_view map, std::string_view file) {
  const std::string path = LibraryMap(map);
  return path.substr(0, path.rfind('/') + 1) + std::string(file);
}

// The map without one of its lines.
Result<Map> LoadWithout(std::string_view name, const std::string& entry) {
  const std::string path = LibraryMap(name);
  return LoadMap(
      path,
      [&](std::string_view asked) -> Result<std::string> {
        auto text = ReadFromDisk(asked);
        if (!text || asked != path) return text;
        const std::size_t at = text->find(entry);
        EXPECT_NE(at, std::string::npos) << entry;
        return text->erase(at, entry.size());
      },
      definitions::R4());
}

TEST_F(Ndtms, Scenario2WithoutALineOfTheMapItsColumnIsMissed) {
  map_ = LoadWithout("ndtms",
                     "  row.*.EDUCAT:\n    range: 0..28\n    absent:\n      NA: asked-declined\n"
                     "    fhir: top.component[educat].valueInteger\n");
  ASSERT_TRUE(map_) << MapErrorText(map_.error());
  Run(std::string(kHeader) + std::string(kRow));
  EXPECT_NE(notices_.find("column R 'EDUCAT' is not known to the map; 1 of its cells hold something"),
            std::string::npos);
  EXPECT_NE(issues_.find("/EDUCAT the map does not know this field"), std::string::npos);
  EXPECT_EQ(back_, kHeader) << "no record is written without its column";
}

TEST(StaAurelia, Scenario2WhatComesBackIsWhatWentInButForWhatTheLedgerLists) {
  const auto map = LoadMap(LibraryMap("sta-aurelia-discharge"), ReadFromDisk, definitions::R4());
  ASSERT_TRUE(map);
  const TestIds ids;
  std::string given = ReadWholeFile(LibraryFile("sta-aurelia-discharge", "samples/hospital_discharge.json"));
  const auto back = MakeGolden(*map, GoldenKind::kBack, given, ids);
  const auto ledger = MakeGolden(*map, GoldenKind::kLedger, given, ids);
  ASSERT_TRUE(back && ledger);
  EXPECT_EQ(*ledger, "record,field,path,kind,reason\r\n");
  json::Arena arena;
  const auto first = json::Parse(given, arena);
  const auto second = json::Parse(*back, arena);
  ASSERT_TRUE(first && second);
  const auto& wanted = first->Get("discharges").items();
  const auto& got = second->Get("discharges").items();
  ASSERT_EQ(wanted.size(), got.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_TRUE(json::Equal(wanted[i], got[i])) << i;
  }
}

TEST_F(Ndtms, Scenario9TheCommunityFile) {
  const std::string given = ReadWholeFile(LibraryFile("ndtms", "samples/ndtms_community.csv"));
  Run(given);
  std::vector<std::string> rows;
  std::istringstream lines(given);
  for (std::string line; std::getline(lines, line);) rows.push_back(line);
  ASSERT_EQ(rows.size(), 7u);
  std::string wanted;
  for (std::size_t i = 0; i < 6; ++i) wanted += rows[i] + "\n";
  EXPECT_EQ(back_, wanted) << "all but 40040";
  EXPECT_EQ(Count("40031"), 2u) << "client, agency and consent are all there is";
  EXPECT_EQ(issues_,
            "/TRIAGED TRIAGED is before REFLD\n/row/0/EDUCAT the number is outside the range that the map allows\n");
  EXPECT_EQ(Count("\"resourceType\":\"EpisodeOfCare\""), 3u);
  EXPECT_EQ(Count("\"code\":\"TOP\""), 4u) << "two of 40017, one of each other client who consents";
}

}  // namespace
}  // namespace throughline::library
