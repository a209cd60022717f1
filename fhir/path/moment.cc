#include "fhir/path/moment.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "fhir/path/number.h"

namespace throughline::path {
namespace {

using std::chrono::microseconds;
using std::chrono::minutes;

struct UnitRow {
  std::string_view name;
  std::string_view plural;
  std::string_view ucum;  // empty: no fixed length
  int months;
  std::int64_t length_us;
};
constexpr minutes kFarthestEast{14 * 60};
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::array<UnitRow, 8> kUnits = {{{"year", "years", "", 12, 0},
                                            {"month", "months", "", 1, 0},
                                            {"week", "weeks", "wk", 0, 7LL * 86'400 * kSecond},
                                            {"day", "days", "d", 0, 86'400 * kSecond},
                                            {"hour", "hours", "h", 0, 3'600 * kSecond},
                                            {"minute", "minutes", "min", 0, 60 * kSecond},
                                            {"second", "seconds", "s", 0, kSecond},
                                            {"millisecond", "milliseconds", "ms", 0, 1'000}}};

const UnitRow* FindUnit(std::string_view word) {
  const auto row = std::ranges::find_if(kUnits, [&](const UnitRow& r) { return r.name == word || r.plural == word; });
  return row == kUnits.end() ? nullptr : &*row;
}

// The parts of a date or time from year (or hour) down to the fraction, as numbers.
struct Parts {
  std::array<std::int64_t, 6> value{};  // year month day hour minute microseconds-of-minute
  std::size_t first = 0;                // 3 for times
  std::size_t count = 0;                // parts that are known, from 0
};

// Seconds with their fraction are one part.
std::size_t PartCount(DatePrecision precision) {
  return std::min<std::size_t>(static_cast<std::size_t>(precision) + 1, 6);
}

std::int64_t MinuteFraction(const DateTime& at) { return at.second() * kSecond + at.microsecond(); }

// A time as a moment of some day.
std::optional<DateTime> ParseTime(std::string_view text) {
  std::string full = "2000-01-01T";
  full += text;
  std::optional<DateTime> at = DateTime::ParsePartial(full);
  if (!at || at->precision() < DatePrecision::kHour || at->offset()) return std::nullopt;
  return at;
}

Parts PartsOf(const DateTime& at, bool time) {
  Parts parts;
  parts.value = {at.year(), at.month(), at.day(), at.hour(), at.minute(), MinuteFraction(at)};
  parts.count = PartCount(at.precision());
  parts.first = time ? 3 : 0;
  return parts;
}

// The parts in UTC.
Parts UtcParts(const DateTime& at, minutes zone) {
  using namespace std::chrono;
  const Instant start = at.Interval(zone).start;
  const auto day = floor<days>(start);
  const year_month_day date{day};
  const auto in_day = start - day;
  const auto whole_hours = floor<hours>(in_day);
  const auto whole_minutes = floor<minutes>(in_day - whole_hours);
  Parts parts;
  parts.value = {static_cast<int>(date.year()),
                 static_cast<unsigned>(date.month()),
                 static_cast<unsigned>(date.day()),
                 whole_hours.count(),
                 whole_minutes.count(),
                 (in_day - whole_hours - whole_minutes).count()};
  parts.count = PartCount(at.precision());
  return parts;
}

Order CompareParts(const Parts& left, const Parts& right) {
  const std::size_t shared = std::min(left.count, right.count);
  for (std::size_t i = left.first; i < shared; ++i) {
    if (left.value[i] != right.value[i]) return left.value[i] < right.value[i] ? Order::kLess : Order::kGreater;
  }
  return left.count == right.count ? Order::kEqual : Order::kUnknown;
}

void AppendPadded(std::string& out, std::int64_t value, int width) {
  const std::string digits = std::to_string(value);
  for (int i = static_cast<int>(digits.size()); i < width; ++i) out += '0';
  out += digits;
}

void AppendClock(std::string& out, const Parts& parts, int fraction_digits) {
  AppendPadded(out, parts.value[3], 2);
  if (parts.count > 4) {
    out += ':';
    AppendPadded(out, parts.value[4], 2);
  }
  if (parts.count > 5) {
    out += ':';
    AppendPadded(out, parts.value[5] / kSecond, 2);
    if (fraction_digits > 0) {
      std::string fraction;
      AppendPadded(fraction, parts.value[5] % kSecond, 6);
      fraction.resize(static_cast<std::size_t>(std::min(fraction_digits, 6)), '0');
      out += '.';
      out += fraction;
    }
  }
}

// Writes the parts with the precision and offset of `like`.
std::string Format(const Parts& parts, const DateTime& like, bool time, int fraction_digits) {
  std::string out;
  if (!time) {
    AppendPadded(out, parts.value[0], 4);
    for (std::size_t i = 1; i < std::min<std::size_t>(parts.count, 3); ++i) {
      out += '-';
      AppendPadded(out, parts.value[i], 2);
    }
    if (parts.count <= 3) return out;
    out += 'T';
  }
  AppendClock(out, parts, fraction_digits);
  if (!like.offset()) return out;
  if (like.offset()->count() == 0) return out + 'Z';
  const auto minutes_east = like.offset()->count();
  out += minutes_east < 0 ? '-' : '+';
  AppendPadded(out, std::abs(minutes_east) / 60, 2);
  out += ':';
  AppendPadded(out, std::abs(minutes_east) % 60, 2);
  return out;
}

bool MoveMonths(Parts& parts, std::int64_t months_on) {
  using namespace std::chrono;
  if (std::abs(months_on) > 12LL * 10'000) return false;
  const std::int64_t total = parts.value[0] * 12 + (parts.value[1] - 1) + months_on;
  parts.value[0] = total >= 0 ? total / 12 : -1;
  parts.value[1] = total % 12 + 1;
  if (parts.value[0] < 1 || parts.value[0] > 9999) return false;
  const year_month_day_last last{year{static_cast<int>(parts.value[0])},
                                 month_day_last{month{static_cast<unsigned>(parts.value[1])}}};
  parts.value[2] = std::min<std::int64_t>(parts.value[2], static_cast<unsigned>(last.day()));
  return true;
}

bool MoveDuration(Parts& parts, std::int64_t length_us) {
  using namespace std::chrono;
  const sys_days day{year{static_cast<int>(parts.value[0])} / static_cast<int>(parts.value[1]) /
                     static_cast<int>(parts.value[2])};
  const Instant at = Instant{day} + hours{parts.value[3]} + minutes{parts.value[4]} + microseconds{parts.value[5]} +
                     microseconds{length_us};
  const auto new_day = floor<days>(at);
  const year_month_day date{new_day};
  const int new_year = static_cast<int>(date.year());
  if (new_year < 1 || new_year > 9999) return false;
  const hh_mm_ss clock{at - new_day};
  parts.value = {new_year,
                 static_cast<unsigned>(date.month()),
                 static_cast<unsigned>(date.day()),
                 clock.hours().count(),
                 clock.minutes().count(),
                 clock.seconds().count() * kSecond + clock.subseconds().count()};
  return true;
}

// The number of microseconds or months, or nothing when it leaves any calendar.
std::optional<std::int64_t> Amount(std::string_view number, std::int64_t unit) {
  const std::optional<std::int64_t> whole = ScaledInteger(number, unit);
  constexpr std::int64_t kTenThousandYears = 10'000LL * 366 * 86'400 * kSecond;
  if (!whole || *whole > kTenThousandYears || *whole < -kTenThousandYears) return std::nullopt;
  return whole;
}

std::optional<std::int64_t> Whole(std::int64_t count, std::int64_t unit) { return Amount(std::to_string(count), unit); }

std::int64_t PrecisionLength(std::size_t parts) {
  constexpr std::array<std::int64_t, 7> kLengths = {0, 0, 0, 86'400 * kSecond, 3'600 * kSecond, 60 * kSecond, 1};
  return kLengths[std::min<std::size_t>(parts, 6)];
}

// Moves by a length of time; one finer than the moment's precision is cut to it first. A year counts as 365 days and a
// month as 30 when a shorter unit moves a date that has no days.
bool MoveByLength(Parts& parts, std::int64_t length_us) {
  constexpr std::int64_t kDay = 86'400 * kSecond;
  if (parts.count == 1) return MoveMonths(parts, length_us / (365 * kDay) * 12);
  if (parts.count == 2) return MoveMonths(parts, length_us / (30 * kDay));
  const std::int64_t grain = PrecisionLength(parts.count);
  return MoveDuration(parts, length_us / grain * grain);
}

}  // namespace

std::optional<DateTime> ParseMoment(const Item& item) {
  if ((KindBit(item.kind()) & kMomentKinds) == 0) return std::nullopt;
  return item.kind() == ItemKind::kTime ? ParseTime(item.text()) : DateTime::ParsePartial(item.text());
}

bool IsCalendarUnit(std::string_view word) { return FindUnit(word) != nullptr; }

std::string_view CalendarUnit(std::string_view word) {
  const UnitRow* row = FindUnit(word);
  return row == nullptr ? word : row->name;
}

std::string_view UcumOfCalendarUnit(std::string_view unit) {
  const UnitRow* row = FindUnit(unit);
  return row == nullptr ? std::string_view{} : row->ucum;
}

bool IsMoment(ItemKind kind, std::string_view text) {
  if (kind == ItemKind::kTime) return ParseTime(text).has_value();
  const std::optional<DateTime> at = DateTime::ParsePartial(text);
  return at && (kind == ItemKind::kDateTime || at->precision() <= DatePrecision::kDay);
}

Order CompareMoments(const Item& left, const Item& right) {
  const bool time = left.kind() == ItemKind::kTime;
  if (time != (right.kind() == ItemKind::kTime)) return Order::kIncomparable;
  const std::optional<DateTime> a = ParseMoment(left);
  const std::optional<DateTime> b = ParseMoment(right);
  if (!a || !b) return Order::kIncomparable;
  const bool clocks = a->precision() >= DatePrecision::kHour && b->precision() >= DatePrecision::kHour;
  if (time || !clocks || (!a->offset() && !b->offset())) return CompareParts(PartsOf(*a, time), PartsOf(*b, time));
  const Order east = CompareParts(UtcParts(*a, kFarthestEast), UtcParts(*b, kFarthestEast));
  const Order west = CompareParts(UtcParts(*a, -kFarthestEast), UtcParts(*b, -kFarthestEast));
  return east == west ? east : Order::kUnknown;
}

std::uint64_t MomentHash(const Item& moment) {
  const std::optional<DateTime> at = ParseMoment(moment);
  if (!at) return 0;
  const bool time = moment.kind() == ItemKind::kTime;
  const bool zoned = at->offset() && at->precision() >= DatePrecision::kHour;
  const Parts parts = zoned ? UtcParts(*at, minutes{0}) : PartsOf(*at, time);
  std::uint64_t hash = zoned ? 2 : (time ? 1 : 0);
  for (std::size_t i = parts.first; i < parts.count; ++i) {
    hash = hash * 0x100000001B3ULL + static_cast<std::uint64_t>(parts.value[i]) + 1;
  }
  return hash;
}

bool SamePrecision(const Item& left, const Item& right) {
  const std::optional<DateTime> a = ParseMoment(left);
  const std::optional<DateTime> b = ParseMoment(right);
  return a && b && PartCount(a->precision()) == PartCount(b->precision());
}

Move MoveMoment(const Item& moment, std::string_view number, std::string_view unit, bool back, std::string& out) {
  const bool time = moment.kind() == ItemKind::kTime;
  const std::optional<DateTime> at = ParseMoment(moment);
  const UnitRow* row = FindUnit(unit);
  if (row == nullptr) {
    const auto found = std::ranges::find(kUnits, unit, &UnitRow::ucum);
    if (!unit.empty() && found != kUnits.end()) row = &*found;
  }
  const bool of_day = row != nullptr && (row->months > 0 || row->length_us >= 86'400 * kSecond);
  if (row == nullptr || !at || (time && of_day)) return Move::kUnfit;
  const bool months = row->months > 0;
  // A fraction of anything longer than a second is ignored.
  std::optional<std::int64_t> amount = Amount(number, 1);
  if (amount && !months) {
    amount = row->length_us <= kSecond ? Amount(number, row->length_us) : Whole(*amount, row->length_us);
  }
  if (!amount) return Move::kTooFar;
  if (back) amount = -*amount;
  Parts parts = PartsOf(*at, time);
  // A date without months moves by whole years.
  const std::int64_t by_months = *amount * row->months;
  const bool inside =
      months ? MoveMonths(parts, parts.count == 1 ? by_months / 12 * 12 : by_months) : MoveByLength(parts, *amount);
  if (!inside) return Move::kTooFar;
  const bool finer = !months && *amount % kSecond != 0 && at->precision() >= DatePrecision::kSecond;
  out = Format(parts, *at, time, finer ? std::max(at->fraction_digits(), 3) : at->fraction_digits());
  return Move::kDone;
}

}  // namespace throughline::path
