#include <gtest/gtest.h>

#include <fstream>

#include "fhir/json/write.h"
#include "mappings/engine/laws.h"
#include "mappings/engine/sample_files.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/engine/to_local.h"
#include "mappings/formats/record_reader.h"
#include "mappings/formats/record_writer.h"
#include "tests/unit/mappings/engine/support.h"

namespace throughline::engine {
namespace {

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
  EXPECT_EQ(Count("\"doNotPerform\":false"), 1u);
  EXPECT_EQ(Count("\"doNotPerform\":true"), 1u);
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

}  // namespace
}  // namespace throughline::engine
