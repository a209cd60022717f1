// The parts of dates and times, and the spans between them.
// https://build.fhir.org/ig/HL7/FHIRPath/#extract-datedatetimetime-components
#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "fhir/base/date_time.h"
#include "fhir/path/functions.h"
#include "fhir/path/moment.h"
#include "fhir/path/operators.h"

namespace throughline::path {
namespace {

struct Reading {
  DateTime at;
  ItemKind kind = ItemKind::kDate;
};

// Nothing: empty, or another type.
bool ReadMoment(Invocation& call, std::optional<Reading>& out) {
  Item item;
  bool there = false;
  if (!call.InputSystem(item, there)) return false;
  const std::optional<DateTime> at = there ? ParseMoment(item) : std::nullopt;
  if (at) out = Reading{*at, item.kind()};
  return true;
}

// Answers a part that was written: of the day not for times, of the clock not for dates.
bool AnsweredPart(Invocation& call, DatePrecision precision, int (*part)(const DateTime& at), Collection& out) {
  std::optional<Reading> reading;
  if (!ReadMoment(call, reading)) return false;
  const bool of_day = precision <= DatePrecision::kDay;
  if (!reading || reading->at.precision() < precision || (of_day && reading->kind == ItemKind::kTime)) return true;
  out.Add(Item::Integer(part(reading->at)));
  return true;
}

bool AddText(Invocation& call, std::string_view text, Item (*make)(std::string_view), Collection& out) {
  std::string_view kept;
  if (!call.run().Keep(call.offset(), text, kept)) return false;
  out.Add(make(kept));
  return true;
}

struct SpanRow {
  std::string_view word;
  DatePrecision precision;
  bool of_day;
  std::int64_t length_us;  // 0: years and months
  int months;
};
constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;
constexpr std::array<SpanRow, 8> kSpans = {{{"year", DatePrecision::kYear, true, 0, 12},
                                            {"month", DatePrecision::kMonth, true, 0, 1},
                                            {"week", DatePrecision::kDay, true, 7 * kMicrosPerDay, 0},
                                            {"day", DatePrecision::kDay, true, kMicrosPerDay, 0},
                                            {"hour", DatePrecision::kHour, false, 3'600 * kMicrosPerSecond, 0},
                                            {"minute", DatePrecision::kMinute, false, 60 * kMicrosPerSecond, 0},
                                            {"second", DatePrecision::kSecond, false, kMicrosPerSecond, 0},
                                            {"millisecond", DatePrecision::kSecond, false, 1'000, 0}}};

struct Span {
  Reading from;
  Reading to;
  const SpanRow* row = nullptr;
};

bool ReadSpan(Invocation& call, Span& out) {
  std::optional<Reading> from;
  Item other;
  bool there = false;
  std::optional<std::string_view> word;
  if (!ReadMoment(call, from) || !call.SystemArgument(0, other, there) || !call.TextArgument(1, word)) return false;
  if (!from || !there || !word) return true;
  const std::optional<DateTime> to = ParseMoment(other);
  const bool times = from->kind == ItemKind::kTime;
  if (!to || times != (other.kind() == ItemKind::kTime)) return call.Fail("two dates or two times are expected");
  const std::string_view unit = CalendarUnit(*word);
  for (const SpanRow& row : kSpans) {
    if (row.word != unit || (times && row.of_day)) continue;
    const bool known = from->at.precision() >= row.precision && to->precision() >= row.precision;
    out = {*from, {*to, other.kind()}, known ? &row : nullptr};
    return true;
  }
  return call.Fail("there is no such precision");
}

// Of the moments that a partial date or time may be, the first or the last: of 1975 its first or its last day, of 10 h
// the first or the last minute. A day begins with it, and so does a minute.
enum class Edge : std::uint8_t { kFirst, kLast };

// Microseconds since 1970 of the clock on the wall, or in UTC where both have a zone and hours or less are asked for.
std::int64_t Microseconds(const DateTime& at, bool in_utc) {
  const Instant wall = at.Interval(at.offset().value_or(std::chrono::minutes{0})).start;
  const std::int64_t utc = std::chrono::duration_cast<std::chrono::microseconds>(wall.time_since_epoch()).count();
  return in_utc || !at.offset() ? utc : utc + at.offset()->count() * 60 * kMicrosPerSecond;
}

std::int64_t FloorDivide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

int MonthOfEdge(const DateTime& at, Edge edge) {
  return at.precision() < DatePrecision::kMonth && edge == Edge::kLast ? 12 : at.month();
}

std::int64_t MonthNumber(const DateTime& at, Edge edge = Edge::kFirst) {
  return at.year() * 12 + MonthOfEdge(at, edge) - 1;
}

// Microseconds since the month began.
std::int64_t InMonth(const DateTime& at, Edge edge) {
  int day = at.day();
  if (at.precision() < DatePrecision::kDay && edge == Edge::kLast) {
    const std::chrono::year_month_day_last last{
        std::chrono::year{at.year()},
        std::chrono::month_day_last{std::chrono::month{static_cast<unsigned>(MonthOfEdge(at, edge))}}};
    day = static_cast<int>(static_cast<unsigned>(last.day()));
  }
  return (day - 1) * kMicrosPerDay + (at.hour() * 3'600LL + at.minute() * 60LL + at.second()) * kMicrosPerSecond +
         at.microsecond();
}

std::int64_t WholeMonths(const DateTime& from, Edge from_edge, const DateTime& to, Edge to_edge) {
  const std::int64_t months = MonthNumber(to, to_edge) - MonthNumber(from, from_edge);
  const std::int64_t start = InMonth(from, from_edge);
  const std::int64_t end = InMonth(to, to_edge);
  if (months > 0 && end < start) return months - 1;
  return months < 0 && end > start ? months + 1 : months;
}

// Whole periods of a row from one moment to another.
std::int64_t WholePeriods(const Span& span, Edge from, Edge to) {
  const SpanRow& row = *span.row;
  if (row.months > 0) return WholeMonths(span.from.at, from, span.to.at, to) / row.months;
  const bool in_utc = !row.of_day && span.from.at.offset() && span.to.at.offset();
  const auto at = [&](const DateTime& moment, Edge edge) {
    const bool late = moment.precision() == DatePrecision::kHour && edge == Edge::kLast;
    return Microseconds(moment, in_utc) + (late ? std::int64_t{59} * 60 * kMicrosPerSecond : 0);
  };
  return (at(span.to.at, to) - at(span.from.at, from)) / row.length_us;
}

}  // namespace

bool YearOf(Invocation& call, Collection& out) {
  return AnsweredPart(
      call, DatePrecision::kYear, [](const DateTime& at) { return at.year(); }, out);
}

bool MonthOf(Invocation& call, Collection& out) {
  return AnsweredPart(
      call, DatePrecision::kMonth, [](const DateTime& at) { return at.month(); }, out);
}

bool DayOf(Invocation& call, Collection& out) {
  return AnsweredPart(
      call, DatePrecision::kDay, [](const DateTime& at) { return at.day(); }, out);
}

bool HourOf(Invocation& call, Collection& out) {
  return AnsweredPart(
      call, DatePrecision::kHour, [](const DateTime& at) { return at.hour(); }, out);
}

bool MinuteOf(Invocation& call, Collection& out) {
  return AnsweredPart(
      call, DatePrecision::kMinute, [](const DateTime& at) { return at.minute(); }, out);
}

bool SecondOf(Invocation& call, Collection& out) {
  return AnsweredPart(
      call, DatePrecision::kSecond, [](const DateTime& at) { return at.second(); }, out);
}

bool MillisecondOf(Invocation& call, Collection& out) {
  return AnsweredPart(
      call, DatePrecision::kFraction, [](const DateTime& at) { return at.microsecond() / 1'000; }, out);
}

bool TimezoneOffsetOf(Invocation& call, Collection& out) {
  std::optional<Reading> reading;
  if (!ReadMoment(call, reading)) return false;
  if (!reading || !reading->at.offset()) return true;
  const std::int64_t minutes = reading->at.offset()->count();
  const std::int64_t size = minutes < 0 ? -minutes : minutes;
  std::string text = minutes < 0 ? "-" : "";
  text += std::to_string(size / 60) + ".";
  const std::int64_t hundredths = size % 60 * 100 / 60;
  if (hundredths < 10) text += '0';
  text += std::to_string(hundredths);
  if (text.ends_with('0')) text.pop_back();
  return AddText(call, text, Item::Decimal, out);
}

bool DateOf(Invocation& call, Collection& out) {
  Item item;
  bool there = false;
  if (!call.InputSystem(item, there)) return false;
  if (!there || (item.kind() != ItemKind::kDate && item.kind() != ItemKind::kDateTime)) return true;
  out.Add(Item::Date(item.text().substr(0, item.text().find('T'))));
  return true;
}

bool TimeOf(Invocation& call, Collection& out) {
  Item item;
  bool there = false;
  if (!call.InputSystem(item, there)) return false;
  const std::size_t clock =
      there && item.kind() == ItemKind::kDateTime ? item.text().find('T') : std::string_view::npos;
  if (clock == std::string_view::npos) return true;
  const std::string_view time = item.text().substr(clock + 1);
  out.Add(Item::Time(time.substr(0, time.find_first_of("Z+-"))));
  return true;
}

bool Duration(Invocation& call, Collection& out) {
  Span span;
  if (!ReadSpan(call, span)) return false;
  if (span.row == nullptr) return true;
  const std::int64_t least = WholePeriods(span, Edge::kLast, Edge::kFirst);
  const std::int64_t most = WholePeriods(span, Edge::kFirst, Edge::kLast);
  return least != most || AddInteger(least, ItemKind::kInteger, out);  // 49 or 50 years is no number
}

bool Difference(Invocation& call, Collection& out) {
  Span span;
  if (!ReadSpan(call, span)) return false;
  if (span.row == nullptr) return true;
  const SpanRow& row = *span.row;
  if (row.months > 0) {
    out.Add(Item::Integer(MonthNumber(span.to.at) / row.months - MonthNumber(span.from.at) / row.months));
    return true;
  }
  const bool in_utc = !row.of_day && span.from.at.offset() && span.to.at.offset();
  // 1970-01-01 was a Thursday, and weeks begin on Sundays.
  const std::int64_t shift = row.length_us == 7 * kMicrosPerDay ? 4 * kMicrosPerDay : 0;
  const std::int64_t from = FloorDivide(Microseconds(span.from.at, in_utc) + shift, row.length_us);
  const std::int64_t to = FloorDivide(Microseconds(span.to.at, in_utc) + shift, row.length_us);
  return AddInteger(to - from, ItemKind::kInteger, out);
}

}  // namespace throughline::path
