// Dates and times in the form a source declares: "dd/MM/yyyy", "yyyy-MM-dd'T'HH:mm".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace throughline::plan {

// A part that was not written is 0 for month and day, and 0 for the time of day with `has_time` false.
struct TimeParts {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  bool has_time = false;
};

// How much of a date or time a form says.
enum class Level : std::uint8_t { kYear, kMonth, kDay, kTime };

// yyyy MM dd HH mm ss; other letters must be quoted ('T'), everything else stands for itself.
class TimeFormat {
 public:
  // Nothing for a pattern without a year, with an unknown letter, with a part twice or with a gap (a day without
  // month). A time of day may stand alone.
  static std::optional<TimeFormat> Parse(std::string_view pattern);

  // Nothing when `text` is not written so or is no day of the calendar.
  std::optional<TimeParts> Read(std::string_view text) const;
  // `parts` must hold every part of the format.
  void Write(const TimeParts& parts, std::string& out) const;

  bool has_year() const { return has_[0]; }
  bool has_month() const { return has_[1]; }
  bool has_day() const { return has_[2]; }
  bool has_time() const { return has_[3]; }
  bool has_seconds() const { return has_[5]; }
  Level level() const {
    return has_[3] ? Level::kTime : has_[2] ? Level::kDay : has_[1] ? Level::kMonth : Level::kYear;
  }
  // Some text is written in both.
  bool Overlaps(const TimeFormat& other) const;
  const std::string& pattern() const { return pattern_; }

 private:
  struct Piece {
    std::int8_t part = -1;  // 0 year ... 5 second; -1: literal
    std::string literal;
  };
  std::string pattern_;
  std::vector<Piece> pieces_;
  bool has_[6] = {};
};

// True for a day that exists; month or day 0: not known.
bool IsCalendarDay(int year, int month, int day);

}  // namespace throughline::plan
