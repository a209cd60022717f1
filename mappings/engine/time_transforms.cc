#include "mappings/engine/time_transforms.h"

#include <algorithm>
#include <chrono>
#include <ranges>
#include <string>

#include "fhir/base/date_time.h"
#include "mappings/plan/time_forms.h"

namespace throughline::engine {
namespace {

void AppendDigits(int value, int width, std::string& out) {
  char digits[8];
  for (int i = width - 1; i >= 0; --i, value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits, static_cast<std::size_t>(width));
}

void AppendDate(const TimeParts& parts, std::string& out) {
  AppendDigits(parts.year, 4, out);
  if (parts.month == 0) return;
  out.push_back('-');
  AppendDigits(parts.month, 2, out);
  if (parts.day == 0) return;
  out.push_back('-');
  AppendDigits(parts.day, 2, out);
}

std::optional<TimeParts> ReadLocal(const Conversion& at, const json::Value& local) {
  if (!local.is_string()) {
    at.Problem("map-kind", "the map expects a date as text here");
    return std::nullopt;
  }
  if (const auto read = ReadForms(at.field, local.text())) return read->parts;
  std::string forms = at.field.format->pattern();
  for (const TimeFormat& other : at.field.other_formats) forms += " or " + other.pattern();
  at.Problem("map-date", "this is not a date in the form " + forms);
  return std::nullopt;
}

bool WriteLocal(const Conversion& at, const TimeFormat& format, const TimeParts& parts, json::Value& out) {
  std::string text;
  format.Write(parts, text);
  out = json::Value::String(at.arena.Copy(text));
  return true;
}

Level LevelOf(const DateTime& date) {
  if (date.precision() >= DatePrecision::kMinute) return Level::kTime;
  return date.precision() == DatePrecision::kDay     ? Level::kDay
         : date.precision() == DatePrecision::kMonth ? Level::kMonth
                                                     : Level::kYear;
}

using std::chrono::seconds;

void AppendTime(const TimeParts& parts, seconds offset, std::string& out) {
  out.push_back('T');
  AppendDigits(parts.hour, 2, out);
  out.push_back(':');
  AppendDigits(parts.minute, 2, out);
  out.push_back(':');
  AppendDigits(parts.second, 2, out);
  const int minutes = static_cast<int>(offset.count() / 60);
  out.push_back(minutes < 0 ? '-' : '+');
  AppendDigits(std::abs(minutes) / 60, 2, out);
  out.push_back(':');
  AppendDigits(std::abs(minutes) % 60, 2, out);
}

bool PutDate(const Conversion& at, const TimeParts& parts, FhirValue& out) {
  std::string text;
  AppendDate(parts, text);
  out.value = json::Value::String(at.arena.Copy(text));
  return true;
}

// A local time with the zone's offset.
bool PutMoment(const Conversion& at, const TimeParts& parts, FhirValue& out) {
  const WallAnswer answer = at.findings.plan.zone->FromWall(WallOf(parts));
  if (answer.kind == WallKind::kGap) {
    at.Problem("map-time-gap", "the clocks in " + at.findings.plan.zone->name() + " skipped this time of day");
    return false;
  }
  if (answer.offset.count() % 60 != 0) {
    at.Problem("map-time-offset", "the zone's offset at that time is not in whole minutes, which FHIR cannot write");
    return false;
  }
  if (answer.kind == WallKind::kTwice) {
    at.Loss(LedgerKind::kRepaired,
            "the clocks in " + at.findings.plan.zone->name() + " showed this time twice; the " +
                (at.later ? "second one is taken, since the first is before what it follows" : "first one is taken"));
  }
  std::string text;
  AppendDate(parts, text);
  AppendTime(parts, at.later ? answer.later : answer.offset, text);
  out.value = json::Value::String(at.arena.Copy(text));
  return true;
}

bool NoSuchYear(const Conversion& at) {
  at.Loss(LedgerKind::kUnmapped,
          "the source writes years with two digits, and this one is not among those they stand for");
  return false;
}

// The form that says a date known to `known` best; null after a line of the ledger.
const TimeFormat* FormOfDate(const Conversion& at, const TimeParts& date, Level known) {
  const TimeFormat* form = UsualForm(at.field, std::min(known, Level::kDay), date);
  const bool finer = std::ranges::none_of(std::views::iota(std::size_t{0}, FormCount(at.field)),
                                          [&](std::size_t i) { return FormAt(at.field, i).level() <= known; });
  if (form == nullptr && finer) {
    at.Loss(LedgerKind::kCoarsened, "the date is known less exactly than the source writes it; no day is invented");
  } else if (form == nullptr) {
    NoSuchYear(at);
  } else if (known > form->level()) {
    at.Loss(LedgerKind::kCoarsened, "the source writes the date less exactly");
  }
  return form;
}

// A date alone, in the form that says it best.
bool WriteDate(const Conversion& at, const TimeParts& date, Level known, json::Value& out) {
  const TimeFormat* form = FormOfDate(at, date, known);
  return form != nullptr && WriteLocal(at, *form, date, out);
}

TimeParts PartsOf(const DateTime& time) {
  return {time.year(), time.month(), time.day(), time.hour(), time.minute(), time.second(), true};
}

// The conversion of the time of day beside a date.
Conversion ClockOf(const Conversion& at) {
  return {at.findings, at.findings.plan.fields[at.field.clock], at.leaf, at.arena, at.scope, at.target};
}

bool KnowsClock(const DateTime& time) { return time.precision() >= DatePrecision::kMinute && time.offset(); }

// What the clocks in the source's zone showed.
TimeParts WallParts(const Conversion& at, const DateTime& time) {
  const std::chrono::sys_seconds instant{WallOf(PartsOf(time)).time_since_epoch() - seconds{*time.offset()}};
  const seconds offset = at.findings.plan.zone->OffsetAt(instant);
  const WallTime wall{instant.time_since_epoch() + offset};
  const auto day = std::chrono::floor<std::chrono::days>(wall);
  const std::chrono::year_month_day date{day};
  const int second_of_day = static_cast<int>((wall - day).count());
  if (at.findings.plan.zone->FromWall(wall).offset != offset) {
    at.Loss(LedgerKind::kCoarsened, "the clocks showed this time twice, and the source cannot say which one it was");
  }
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          second_of_day / 3600,
          second_of_day / 60 % 60,
          second_of_day % 60,
          true};
}

// A time of day, or a date with one; a line where the form says less than is known.
bool WriteTime(const Conversion& at, const TimeParts& time, bool fraction, json::Value& out) {
  const TimeFormat* form = UsualForm(at.field, Level::kTime, time);
  if (form == nullptr) return NoSuchYear(at);
  const bool coarser = !form->has_time() || fraction || (!form->has_seconds() && time.second != 0);
  if (coarser) at.Loss(LedgerKind::kCoarsened, "the source writes the time less exactly");
  return WriteLocal(at, *form, time, out);
}

}  // namespace

bool DateToFhir(const Conversion& at, const json::Value& local, FhirValue& out) {
  const auto parts = ReadLocal(at, local);
  return parts && PutDate(at, *parts, out);
}

bool DateToLocal(const Conversion& at, const json::Value& value, const json::Value&, json::Value& out) {
  const auto date = DateTime::ParseDateTime(value.text());
  return value.is_string() && date && WriteDate(at, PartsOf(*date), LevelOf(*date), out);
}

bool DateTimeToFhir(const Conversion& at, const json::Value& local, FhirValue& out) {
  const auto parts = ReadLocal(at, local);
  if (!parts) return false;
  if (!parts->has_time && at.leaf.type_name == "instant") {
    at.Problem("map-date", "a time of day is needed here");
    return false;
  }
  return parts->has_time ? PutMoment(at, *parts, out) : PutDate(at, *parts, out);
}

bool DateTimeToLocal(const Conversion& at, const json::Value& value, const json::Value&, json::Value& out) {
  const auto time = DateTime::ParseDateTime(value.text());
  if (!value.is_string() || !time) return false;
  if (KnowsClock(*time)) return WriteTime(at, WallParts(at, *time), time->microsecond() != 0, out);
  if (UsualForm(at.field, LevelOf(*time), PartsOf(*time)) != nullptr && LevelOf(*time) < Level::kTime)
    return WriteDate(at, PartsOf(*time), LevelOf(*time), out);
  at.Loss(LedgerKind::kCoarsened, "the time of day is not known; none is invented");
  return false;
}

bool MomentToFhir(const Conversion& at, const json::Value& local, FhirValue& out) {
  const Conversion beside = ClockOf(at);
  auto parts = ReadLocal(at, local);
  const auto time = at.clock->is_null() ? std::nullopt : ReadLocal(beside, *at.clock);
  if (!parts || (!time && !at.clock->is_null())) return false;
  if (!time && at.leaf.type_name == "instant") {
    at.Problem("map-date", "a time of day is needed here");
    return false;
  }
  if (!time) return PutDate(at, *parts, out);
  if (parts->day == 0) {
    beside.Problem("map-date", "a time of day stands beside a date without a day");
    return false;
  }
  parts->hour = time->hour;
  parts->minute = time->minute;
  parts->second = time->second;
  return PutMoment(at, *parts, out);
}

bool MomentToLocal(const Conversion& at, const json::Value& value, const json::Value&, json::Value& out) {
  const auto time = DateTime::ParseDateTime(value.text());
  if (!value.is_string() || !time) return false;
  if (!KnowsClock(*time)) return WriteDate(at, PartsOf(*time), LevelOf(*time), out);
  const TimeParts wall = WallParts(at, *time);
  const TimeFormat* day = FormOfDate(at, wall, Level::kDay);
  if (day == nullptr) return false;
  WriteLocal(at, *day, wall, out);
  return !day->has_day() || WriteTime(ClockOf(at), wall, time->microsecond() != 0, *at.clock);
}

// https://hl7.org/fhir/R4/datatypes.html#time
bool TimeToFhir(const Conversion& at, const json::Value& local, FhirValue& out) {
  const auto parts = ReadLocal(at, local);
  if (!parts) return false;
  std::string text;
  AppendDigits(parts->hour, 2, text);
  text.push_back(':');
  AppendDigits(parts->minute, 2, text);
  text.push_back(':');
  AppendDigits(parts->second, 2, text);
  out.value = json::Value::String(at.arena.Copy(text));
  return true;
}

bool TimeToLocal(const Conversion& at, const json::Value& value, const json::Value&, json::Value& out) {
  const std::string_view text = value.text();
  static const auto kForm = TimeFormat::Parse("HH:mm:ss");
  const auto parts = kForm->Read(text.substr(0, 8));
  if (!value.is_string() || !parts) return false;
  return WriteTime(at, *parts, text.size() > 8, out);
}

}  // namespace throughline::engine
