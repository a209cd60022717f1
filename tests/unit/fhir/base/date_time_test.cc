#include "fhir/base/date_time.h"

#include <gtest/gtest.h>

#include <string>

namespace throughline {
namespace {

enum Reads { kNothing = 0, kAsDate = 1, kAsDateTime = 2, kAsInstant = 4, kAsPartial = 8 };
constexpr int kDay = kAsDate | kAsDateTime | kAsPartial;
constexpr int kFull = kAsDateTime | kAsInstant | kAsPartial;

struct Case {
  std::string text;
  int reads;
};

// A legible failure names the text.
void PrintTo(const Case& row, std::ostream* out) { *out << row.text; }

class DateTimeText : public testing::TestWithParam<Case> {};

TEST_P(DateTimeText, IsReadAsWhatItIs) {
  const std::string& text = GetParam().text;
  const int reads = (DateTime::ParseDate(text) ? kAsDate : 0) | (DateTime::ParseDateTime(text) ? kAsDateTime : 0) |
                    (DateTime::ParseInstant(text) ? kAsInstant : 0) | (DateTime::ParsePartial(text) ? kAsPartial : 0);
  EXPECT_EQ(reads, GetParam().reads);
}

// threats.md F04 and the edges of the calendar.
INSTANTIATE_TEST_SUITE_P(
    F04, DateTimeText,
    testing::Values(Case{"2021", kDay}, Case{"2021-10", kDay}, Case{"2021-10-13", kDay}, Case{"0001-01-01", kDay},
                    Case{"9999-12-31", kDay}, Case{"2020-02-29", kDay}, Case{"2000-02-29", kDay},
                    Case{"2021-02-30", kNothing}, Case{"2021-02-29", kNothing}, Case{"1900-02-29", kNothing},
                    Case{"2021-04-31", kNothing}, Case{"2021-13", kNothing}, Case{"2021-00", kNothing},
                    Case{"2021-01-00", kNothing}, Case{"2021-01-32", kNothing}, Case{"21-1-1", kNothing},
                    Case{"2021-1-1", kNothing}, Case{"0000", kNothing}, Case{"10000", kNothing}, Case{"", kNothing},
                    Case{"2021-", kNothing}, Case{"2021-10-", kNothing}, Case{" 2021", kNothing},
                    Case{"2021 ", kNothing}, Case{"+2021", kNothing}, Case{"2021-10-13+02:00", kNothing},
                    Case{"2021-10-13Z", kNothing}, Case{"2021-10-13T", kNothing}, Case{"2021-10T10:00:00Z", kNothing}));

INSTANTIATE_TEST_SUITE_P(
    F04Times, DateTimeText,
    testing::Values(Case{"2021-10-13T10:20:30Z", kFull}, Case{"2021-10-13T10:20:30.5Z", kFull},
                    Case{"2021-10-13T10:20:30.123456789012Z", kFull}, Case{"2021-10-13T10:20:30+14:00", kFull},
                    Case{"2021-10-13T10:20:30-14:00", kFull}, Case{"2021-10-13T23:59:60Z", kFull},
                    Case{"2021-10-13T10:20:30-00:00", kFull}, Case{"2021-10-13T10:20:30", kAsPartial},
                    Case{"2021-10-13T10:20", kAsPartial}, Case{"2021-10-13T10", kAsPartial},
                    Case{"2021-10-13T10:20Z", kAsPartial}, Case{"2021-10-13T10:20:30.1", kAsPartial},
                    Case{"2021-10-13T24:00:00Z", kNothing}, Case{"2021-10-13T10:60:00Z", kNothing},
                    Case{"2021-10-13T10:00:61Z", kNothing}, Case{"2021-10-13T10:20:30+99:99", kNothing},
                    Case{"2021-10-13T10:20:30+14:01", kNothing}, Case{"2021-10-13T10:20:30+15:00", kNothing},
                    Case{"2021-10-13T10:20:30+1:00", kNothing}, Case{"2021-10-13T10:20:30+0100", kNothing},
                    Case{"2021-10-13T10:20:30.Z", kNothing}, Case{"2021-10-13t10:20:30Z", kNothing},
                    Case{"2021-10-13T10:20:30z", kNothing}, Case{"2021-10-13 10:20:30Z", kNothing},
                    Case{"2021-02-30T10:20:30Z", kNothing}, Case{"2021-10-13T10:20:30Zx", kNothing}));

std::string Span(std::string_view text, std::chrono::minutes zone = std::chrono::minutes{0}) {
  const std::optional<DateTime> value = DateTime::ParsePartial(text);
  if (!value) return "not read";
  const Period period = value->Interval(zone);
  return FormatInstant(period.start) + " " + FormatInstant(period.end);
}

TEST(Interval, CoversWhatWasWritten) {
  EXPECT_EQ(Span("2021"), "2021-01-01T00:00:00.000Z 2022-01-01T00:00:00.000Z");
  EXPECT_EQ(Span("2020-02"), "2020-02-01T00:00:00.000Z 2020-03-01T00:00:00.000Z");
  EXPECT_EQ(Span("2021-12"), "2021-12-01T00:00:00.000Z 2022-01-01T00:00:00.000Z");
  EXPECT_EQ(Span("2021-12-31"), "2021-12-31T00:00:00.000Z 2022-01-01T00:00:00.000Z");
  EXPECT_EQ(Span("2021-12-31T23"), "2021-12-31T23:00:00.000Z 2022-01-01T00:00:00.000Z");
  EXPECT_EQ(Span("2021-12-31T23:59"), "2021-12-31T23:59:00.000Z 2022-01-01T00:00:00.000Z");
  EXPECT_EQ(Span("2021-06-01T00:00:00+02:00"), "2021-05-31T22:00:00.000Z 2021-05-31T22:00:01.000Z");
  EXPECT_EQ(Span("2021-06-01T00:00:00.25Z"), "2021-06-01T00:00:00.250Z 2021-06-01T00:00:00.260Z");
}

TEST(Interval, UsesTheGivenZoneOnlyWhereNoneWasWritten) {
  using std::chrono::minutes;
  EXPECT_EQ(Span("2021-06-01", minutes{120}), "2021-05-31T22:00:00.000Z 2021-06-01T22:00:00.000Z");
  EXPECT_EQ(Span("2021-06-01T00:00:00Z", minutes{120}), "2021-06-01T00:00:00.000Z 2021-06-01T00:00:01.000Z");
}

TEST(DateTime, KeepsItsParts) {
  const std::optional<DateTime> value = DateTime::ParseDateTime("2021-10-13T10:20:60.1234567-03:30");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->precision(), DatePrecision::kFraction);
  EXPECT_EQ(value->second(), 59);
  EXPECT_EQ(value->microsecond(), 123456);
  EXPECT_EQ(value->fraction_digits(), 7);
  EXPECT_EQ(value->offset(), std::chrono::minutes{-210});
}

TEST(FormatInstant, CutsToMilliseconds) {
  EXPECT_EQ(FormatInstant(Instant{std::chrono::microseconds{1'738'591'800'123'999}}), "2025-02-03T14:10:00.123Z");
  EXPECT_EQ(FormatInstant(Instant{std::chrono::microseconds{-1}}), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace throughline
