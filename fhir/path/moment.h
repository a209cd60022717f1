// Dates, times and the calendar: what literals may say, how they compare, how durations are added.
// https://hl7.org/fhirpath/N1/#datetime-arithmetic
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/date_time.h"
#include "fhir/path/item.h"
#include "fhir/path/operators.h"

namespace throughline::path {

// "year", "years", ..., "milliseconds".
bool IsCalendarUnit(std::string_view word);
// The singular of it; `word` itself when it is none.
std::string_view CalendarUnit(std::string_view word);
// The UCUM code of a calendar unit that has a fixed length ("second" -> "s"); also of weeks, days, hours; empty
// otherwise.
std::string_view UcumOfCalendarUnit(std::string_view unit);

// A Date, DateTime or Time of any precision as a moment (a Time: of some day). Nothing: `item` is none.
std::optional<DateTime> ParseMoment(const Item& item);

// Is `text` a Date, DateTime or Time of any precision?
bool IsMoment(ItemKind kind, std::string_view text);

// Dates, dateTimes and times in any mix of precisions. kUnknown where one ends before they differ, or where it depends
// on the zone of the one that has no offset; kIncomparable for a time against a date, and for text that is none.
Order CompareMoments(const Item& left, const Item& right);

// The same for moments that are equal for certain. `moment` is a Date, DateTime or Time.
std::uint64_t MomentHash(const Item& moment);

// The written precision is the same, part for part.
bool SamePrecision(const Item& left, const Item& right);

enum class Move : std::uint8_t {
  kDone,
  kUnfit,   // the unit cannot be added to it
  kTooFar,  // the result leaves the years 1 to 9999
};
// `moment` moved by `number` of `unit` (a calendar unit or one of the UCUM codes for weeks and less), in its own
// precision: a part too fine for it is cut off.
Move MoveMoment(const Item& moment, std::string_view number, std::string_view unit, bool back, std::string& out);

}  // namespace throughline::path
