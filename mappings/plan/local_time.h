// Dates and times in the form a source declares: "dd/MM/yyyy", "yyyy-MM-dd'T'HH:mm", "d MMM yy, h:mm a".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
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

inline constexpr std::size_t kMonths = 12;

// What forms cannot say by themselves.
struct TimeWords {
  std::vector<std::string> months;  // twelve, none the beginning of another; empty: the English ones
  std::array<std::string, 2> halves = {"AM", "PM"};
  int first_year = 0;  // of the hundred of which two digits name one; 0: not said
};

// yyyy yy, MM M MMM MMMM, dd d, HH H hh h with a, mm, ss; other letters must be quoted ('T'), everything else stands
// for itself. MMM and MMMM are names of months, single letters numbers without a zero in front.
class TimeFormat {
 public:
  // Nothing for a pattern without a year, with an unknown letter, with a part twice or with a gap (a day without
  // month), with hours of the half day and no half (or the other way round), with years of two digits of no hundred, or
  // with a number of one or two digits before another digit: `why` says what is wrong. A time of day may stand alone.
  static std::optional<TimeFormat> Parse(std::string_view pattern, const TimeWords& words, std::string_view& why);
  // The same with nothing declared.
  static std::optional<TimeFormat> Parse(std::string_view pattern);

  // Nothing when `text` is not written so or is no day of the calendar. `any_case`: names and halves in any case of
  // letters.
  std::optional<TimeParts> Read(std::string_view text, bool any_case = false) const;
  // The year is among those that two digits stand for.
  bool CanWrite(const TimeParts& parts) const;
  // `parts` must hold every part of the format, and be such that it can be written.
  void Write(const TimeParts& parts, std::string& out) const;

  bool has_year() const { return has_[kYear]; }
  bool has_month() const { return has_[kMonth]; }
  bool has_day() const { return has_[kDay]; }
  bool has_time() const { return has_[kHour]; }
  bool has_seconds() const { return has_[kSecond]; }
  bool has_names() const { return !names_.empty(); }  // of months
  bool has_halves() const { return has_[kHalf]; }     // of the day
  int first_year() const { return first_year_; }      // that two digits can say; 0: years have four
  Level level() const {
    return has_time() ? Level::kTime : has_day() ? Level::kDay : has_month() ? Level::kMonth : Level::kYear;
  }
  // Some text is written in both and means another thing in each.
  bool Clashes(const TimeFormat& other) const;
  const std::string& pattern() const { return pattern_; }

 private:
  enum Part : std::int8_t { kLiteral = -1, kYear, kMonth, kDay, kHour, kMinute, kSecond, kHalf, kParts };
  enum class Kind : std::uint8_t { kLiteral, kFixed, kShort, kTwoDigitYear, kName, kHalfWord };
  struct Letters;
  struct Piece {
    Part part = kLiteral;
    Kind kind = Kind::kLiteral;
    std::uint8_t width = 0;  // of kFixed
    std::string literal;
  };
  static std::span<const Letters> AllLetters();

  void AddLiteral(std::string_view text);
  // What is wrong with the letters; empty: nothing.
  std::string_view Add(std::string_view letters, const TimeWords& words);
  std::string_view WhatIsWrong() const;
  bool ReadPiece(const Piece& piece, bool any_case, std::string_view& text, std::array<int, kParts>& values) const;
  bool ReadWord(const Piece& piece, bool any_case, std::string_view& text, int& value) const;
  std::vector<std::u16string> Shapes() const;

  std::string pattern_;
  std::vector<Piece> pieces_;
  std::vector<std::string> names_;
  std::array<std::string, 2> halves_;
  int first_year_ = 0;
  bool twelve_ = false;  // hours of the half day
  std::array<bool, kParts> has_{};
};

// Words of which none is the beginning of another, without digits and control characters.
bool AreTimeWords(std::span<const std::string> words);
// True for a day that exists; month or day 0: not known.
bool IsCalendarDay(int year, int month, int day);

}  // namespace throughline::plan
