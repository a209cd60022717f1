#include <gtest/gtest.h>

#include <fstream>

#include "mappings/engine/laws.h"
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
      const auto made = RunToFhir(*map_, ReadWholeFile(folder + test.given), ids_);
      ASSERT_TRUE(made);
      std::ofstream(folder + test.expected, std::ios::binary) << *made;
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

TEST_P(Library, KeepsTheLawsOnGeneratedRecords) {
  const char* many = std::getenv("THROUGHLINE_GENERATE");
  const std::size_t count = many == nullptr ? 60 : std::strtoul(many, nullptr, 10);
  const auto report = TestMap(*map_, ReadFromDisk, definitions::R4(), ids_, {count, 7});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->generated, count);
  EXPECT_TRUE(report->ok()) << TestReportText(*map_, *report);
}

INSTANTIATE_TEST_SUITE_P(Maps, Library, testing::Values("sta-aurelia-discharge"),
                         [](const auto&) { return "StaAureliaDischarge"; });

}  // namespace
}  // namespace throughline::engine
