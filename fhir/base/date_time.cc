#include "fhir/base/date_time.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace throughline {
namespace {

using std::chrono::microseconds;
using std::chrono::minutes;

constexpr minutes kLargestOffset{14 * 60};

// Reads fixed-width fields from the left; a field that is not there leaves the text alone.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool done() const { return rest_.empty(); }

  bool Take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Exactly `width` digits with a value in [low, high].
  std::optional<int> Number(std::size_t width, int low, int high) {
    if (rest_.size() < width) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, width)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    if (value < low || value > high) return std::nullopt;
    rest_.remove_prefix(width);
    return value;
  }

  std::string_view Digits() {
    std::size_t count = 0;
    while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') ++count;
    const std::string_view digits = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return digits;
  }

 private:
  std::string_view rest_;
};

struct Fraction {
  std::int32_t microsecond = 0;
  std::int8_t digits = 0;
};

std::optional<Fraction> ReadFraction(Cursor& cursor) {
  const std::string_view digits = cursor.Digits();
  if (digits.empty()) return std::nullopt;
  Fraction fraction;
  for (std::size_t i = 0; i < 6; ++i) {
    fraction.microsecond = fraction.microsecond * 10 + (i < digits.size() ? digits[i] - '0' : 0);
  }
  fraction.digits = static_cast<std::int8_t>(std::min<std::size_t>(digits.size(), 127));
  return fraction;
}

// "Z", "+hh:mm" or "-hh:mm", at most 14:00 from UTC.
std::optional<minutes> ReadOffset(Cursor& cursor) {
  if (cursor.Take('Z')) return minutes{0};
  const bool west = cursor.Take('-');
  if (!west && !cursor.Take('+')) return std::nullopt;
  const std::optional<int> hour = cursor.Number(2, 0, 14);
  if (!hour || !cursor.Take(':')) return std::nullopt;
  const std::optional<int> minute = cursor.Number(2, 0, 59);
  if (!minute) return std::nullopt;
  const minutes offset{*hour * 60 + *minute};
  if (offset > kLargestOffset) return std::nullopt;
  return west ? -offset : offset;
}

int DaysIn(int year, int month) {
  using namespace std::chrono;
  const year_month_day_last last{std::chrono::year{year},
                                 month_day_last{std::chrono::month{static_cast<unsigned>(month)}}};
  return static_cast<int>(static_cast<unsigned>(last.day()));
}

template <typename T>
bool Set(T& field, std::optional<int> value) {
  if (!value) return false;
  field = static_cast<T>(*value);
  return true;
}

void AppendNumber(std::string& out, int value, int width) {
  std::array<char, 8> digits{};
  for (int i = width - 1; i >= 0; --i) {
    digits.at(static_cast<std::size_t>(i)) = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(digits.data(), static_cast<std::size_t>(width));
}

}  // namespace

// Builds a DateTime part by part; each step is false where the text is wrong.
class DateTimeReader {
 public:
  explicit DateTimeReader(std::string_view text) : cursor_(text) {}

  std::optional<DateTime> Date() {
    if (!ReadDate() || !cursor_.done()) return std::nullopt;
    return value_;
  }

  std::optional<DateTime> WithTime(bool partial) {
    if (!ReadDate()) return std::nullopt;
    if (cursor_.done()) return value_;
    if (value_.precision_ != DatePrecision::kDay || !cursor_.Take('T') || !ReadTime()) return std::nullopt;
    if (!cursor_.done()) {
      value_.offset_ = ReadOffset(cursor_);
      if (!value_.offset_ || !cursor_.done()) return std::nullopt;
    }
    const bool complete = value_.precision_ >= DatePrecision::kSecond && value_.offset_.has_value();
    if (!partial && !complete) return std::nullopt;
    return value_;
  }

 private:
  bool ReadDate() {
    if (!Set(value_.year_, cursor_.Number(4, 1, 9999))) return false;
    value_.precision_ = DatePrecision::kYear;
    if (!cursor_.Take('-')) return true;
    if (!Set(value_.month_, cursor_.Number(2, 1, 12))) return false;
    value_.precision_ = DatePrecision::kMonth;
    if (!cursor_.Take('-')) return true;
    if (!Set(value_.day_, cursor_.Number(2, 1, DaysIn(value_.year_, value_.month_)))) return false;
    value_.precision_ = DatePrecision::kDay;
    return true;
  }

  bool ReadTime() {
    if (!Set(value_.hour_, cursor_.Number(2, 0, 23))) return false;
    value_.precision_ = DatePrecision::kHour;
    if (!cursor_.Take(':')) return true;
    if (!Set(value_.minute_, cursor_.Number(2, 0, 59))) return false;
    value_.precision_ = DatePrecision::kMinute;
    if (!cursor_.Take(':')) return true;
    if (!Set(value_.second_, cursor_.Number(2, 0, 60))) return false;
    value_.second_ = std::min<std::int8_t>(value_.second_, 59);
    value_.precision_ = DatePrecision::kSecond;
    if (!cursor_.Take('.')) return true;
    const std::optional<Fraction> fraction = ReadFraction(cursor_);
    if (!fraction) return false;
    value_.microsecond_ = fraction->microsecond;
    value_.fraction_digits_ = fraction->digits;
    value_.precision_ = DatePrecision::kFraction;
    return true;
  }

  Cursor cursor_;
  DateTime value_;
};

std::optional<DateTime> DateTime::ParseDate(std::string_view text) { return DateTimeReader(text).Date(); }

std::optional<DateTime> DateTime::ParseDateTime(std::string_view text) { return DateTimeReader(text).WithTime(false); }

std::optional<DateTime> DateTime::ParseInstant(std::string_view text) {
  std::optional<DateTime> value = ParseDateTime(text);
  if (value && value->precision() < DatePrecision::kSecond) return std::nullopt;
  return value;
}

std::optional<DateTime> DateTime::ParsePartial(std::string_view text) { return DateTimeReader(text).WithTime(true); }

Period DateTime::Interval(minutes zone) const {
  using namespace std::chrono;
  const std::chrono::year_month first{std::chrono::year{year_}, std::chrono::month{static_cast<unsigned>(month_)}};
  const sys_days midnight{first / std::chrono::day{static_cast<unsigned>(day_)}};
  const Instant start = Instant{midnight} + hours{hour_} + minutes{minute_} + seconds{second_} +
                        microseconds{microsecond_} - offset_.value_or(zone);
  const auto end_of = [&](auto next) { return Instant{sys_days{next / std::chrono::day{1}}} - offset_.value_or(zone); };
  switch (precision_) {
    case DatePrecision::kYear:
      return {start, end_of(first + years{1})};
    case DatePrecision::kMonth:
      return {start, end_of(first + months{1})};
    case DatePrecision::kDay:
      return {start, start + days{1}};
    case DatePrecision::kHour:
      return {start, start + hours{1}};
    case DatePrecision::kMinute:
      return {start, start + minutes{1}};
    case DatePrecision::kSecond:
      return {start, start + seconds{1}};
    case DatePrecision::kFraction:
      break;
  }
  microseconds width{1'000'000};
  for (int i = 0; i < std::min<int>(fraction_digits_, 6); ++i) width /= 10;
  return {start, start + width};
}

std::string FormatInstant(Instant instant) {
  using namespace std::chrono;
  const auto day = floor<days>(instant);
  const year_month_day date{day};
  const hh_mm_ss time{floor<milliseconds>(instant - day)};
  std::string out;
  out.reserve(24);
  AppendNumber(out, static_cast<int>(date.year()), 4);
  out += '-';
  AppendNumber(out, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  out += '-';
  AppendNumber(out, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  out += 'T';
  AppendNumber(out, static_cast<int>(time.hours().count()), 2);
  out += ':';
  AppendNumber(out, static_cast<int>(time.minutes().count()), 2);
  out += ':';
  AppendNumber(out, static_cast<int>(time.seconds().count()), 2);
  out += '.';
  AppendNumber(out, static_cast<int>(time.subseconds().count()), 3);
  out += 'Z';
  return out;
}

}  // namespace throughline
