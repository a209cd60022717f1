// Dates and times that keep the precision they were written with.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/clock.h"

namespace throughline {

enum class DatePrecision : std::uint8_t { kYear, kMonth, kDay, kHour, kMinute, kSecond, kFraction };

// The instants [start, end) that a partial date stands for.
struct Period {
  Instant start;
  Instant end;
};

// A FHIR date, dateTime or instant. A part that was not written is not known, and is never invented.
// https://hl7.org/fhir/R4/datatypes.html#dateTime
class DateTime {
 public:
  // YYYY, YYYY-MM, YYYY-MM-DD; the day exists in the calendar; years 0001-9999.
  static std::optional<DateTime> ParseDate(std::string_view text);
  // A date, or a date with time: seconds and zone are required then, as FHIR says.
  static std::optional<DateTime> ParseDateTime(std::string_view text);
  // Date, time to the second or finer, and zone.
  static std::optional<DateTime> ParseInstant(std::string_view text);
  // FHIRPath and search: hours or minutes alone and a missing zone are allowed.
  static std::optional<DateTime> ParsePartial(std::string_view text);

  DatePrecision precision() const { return precision_; }
  int year() const { return year_; }
  int month() const { return month_; }                      // 1-12; 1 when not known
  int day() const { return day_; }                          // 1-31; 1 when not known
  int hour() const { return hour_; }                        // 0-23; 0 when not known
  int minute() const { return minute_; }                    // 0-59
  int second() const { return second_; }                    // 0-59 (a leap second is read as 59)
  int microsecond() const { return microsecond_; }          // 0-999999; finer digits are cut off
  int fraction_digits() const { return fraction_digits_; }  // digits written after the seconds' point
  // The zone's offset from UTC; nothing when none was written.
  std::optional<std::chrono::minutes> offset() const { return offset_; }

  // The instants it covers; `zone` is used where no offset was written.
  Period Interval(std::chrono::minutes zone = std::chrono::minutes{0}) const;

 private:
  friend class DateTimeReader;

  DatePrecision precision_ = DatePrecision::kYear;
  std::int16_t year_ = 1;
  std::int8_t month_ = 1;
  std::int8_t day_ = 1;
  std::int8_t hour_ = 0;
  std::int8_t minute_ = 0;
  std::int8_t second_ = 0;
  std::int8_t fraction_digits_ = 0;
  std::int32_t microsecond_ = 0;
  std::optional<std::chrono::minutes> offset_;
};

// "2025-02-03T14:10:00.123Z": what `meta.lastUpdated` and audit rows are written with; milliseconds, UTC.
std::string FormatInstant(Instant instant);

}  // namespace throughline
