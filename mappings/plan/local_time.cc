#include "mappings/plan/local_time.h"

#include <algorithm>
#include <chrono>

#include "mappings/plan/letter_case.h"

namespace throughline::plan {
namespace {

constexpr std::array<std::string_view, kMonths> kEnglish = {"January",   "February", "March",    "April",
                                                            "May",       "June",     "July",     "August",
                                                            "September", "October",  "November", "December"};
constexpr std::size_t kEnglishShort = 3;

// In the shape of a text: any digit, and any but zero.
constexpr char16_t kDigit = 0x100;
constexpr char16_t kNoZero = 0x101;

bool IsDigit(char byte) { return byte >= '0' && byte <= '9'; }

bool IsLetter(char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }

void AppendNumber(int value, std::size_t width, std::string& out) {
  const std::size_t start = out.size();
  out.append(width, '0');
  for (std::size_t place = start + width; place > start && value > 0; value /= 10) {
    out[--place] = static_cast<char>('0' + value % 10);
  }
}

std::u16string Wide(std::string_view text) {
  std::u16string wide;
  for (const char byte : text) wide.push_back(static_cast<unsigned char>(byte));
  return wide;
}

bool Meet(char16_t a, char16_t b) {
  const auto within = [](char16_t one, char16_t other) {
    return one == kDigit ? (other >= '0' && other <= '9') || other >= kDigit
                         : one == kNoZero && ((other >= '1' && other <= '9') || other >= kDigit);
  };
  return a == b || within(a, b) || within(b, a);
}

}  // namespace

struct TimeFormat::Letters {
  std::string_view letters;
  Part part;
  Kind kind;
  std::uint8_t width;
};

std::span<const TimeFormat::Letters> TimeFormat::AllLetters() {
  static constexpr std::array kAll = {
      Letters{"yyyy", kYear, Kind::kFixed, 4}, Letters{"yy", kYear, Kind::kTwoDigitYear, 2},
      Letters{"MM", kMonth, Kind::kFixed, 2},  Letters{"M", kMonth, Kind::kShort, 0},
      Letters{"MMM", kMonth, Kind::kName, 0},  Letters{"MMMM", kMonth, Kind::kName, 0},
      Letters{"dd", kDay, Kind::kFixed, 2},    Letters{"d", kDay, Kind::kShort, 0},
      Letters{"HH", kHour, Kind::kFixed, 2},   Letters{"H", kHour, Kind::kShort, 0},
      Letters{"hh", kHour, Kind::kFixed, 2},   Letters{"h", kHour, Kind::kShort, 0},
      Letters{"mm", kMinute, Kind::kFixed, 2}, Letters{"ss", kSecond, Kind::kFixed, 2},
      Letters{"a", kHalf, Kind::kHalfWord, 0},
  };
  return kAll;
}

bool IsCalendarDay(int year, int month, int day) {
  if (year < 1 || year > 9999) return false;
  if (month == 0) return day == 0;
  if (day == 0) return month >= 1 && month <= 12;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  return month > 0 && day > 0 && date.ok();
}

bool AreTimeWords(std::span<const std::string> words) {
  for (const std::string& word : words) {
    const auto odd = [](char byte) { return IsDigit(byte) || static_cast<unsigned char>(byte) < 0x20; };
    if (word.empty() || std::ranges::any_of(word, odd)) return false;
    for (const std::string& other : words) {
      if (&other != &word && other.starts_with(word)) return false;
    }
  }
  return true;
}

std::optional<TimeFormat> TimeFormat::Parse(std::string_view pattern) {
  std::string_view why;
  return Parse(pattern, {}, why);
}

std::optional<TimeFormat> TimeFormat::Parse(std::string_view pattern, const TimeWords& words, std::string_view& why) {
  TimeFormat format;
  format.pattern_ = pattern;
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] == '\'') {
      const std::size_t end = pattern.find('\'', at + 1);
      why = "a quote is opened and not closed";
      if (end == std::string_view::npos) return std::nullopt;
      format.AddLiteral(pattern.substr(at + 1, end - at - 1));
      at = end + 1;
    } else if (!IsLetter(pattern[at])) {
      format.AddLiteral(pattern.substr(at++, 1));
    } else {
      const std::size_t end = std::min(pattern.find_first_not_of(pattern[at], at), pattern.size());
      why = format.Add(pattern.substr(at, end - at), words);
      if (!why.empty()) return std::nullopt;
      at = end;
    }
  }
  why = format.WhatIsWrong();
  return why.empty() ? std::optional(std::move(format)) : std::nullopt;
}

void TimeFormat::AddLiteral(std::string_view text) {
  if (pieces_.empty() || pieces_.back().part != kLiteral) pieces_.emplace_back();
  pieces_.back().literal.append(text);
}

std::string_view TimeFormat::Add(std::string_view letters, const TimeWords& words) {
  const auto row = std::ranges::find(AllLetters(), letters, &Letters::letters);
  if (row == AllLetters().end()) {
    return "it is made of yyyy yy, MM M MMM MMMM, dd d, HH H hh h with a, mm, ss; other letters stand in quotes: "
           "yyyy-MM-dd'T'HH:mm";
  }
  if (has_[row->part]) return "each part stands in it once";
  has_[row->part] = true;
  pieces_.push_back({row->part, row->kind, row->width, {}});
  twelve_ = twelve_ || letters.front() == 'h';
  if (row->kind == Kind::kHalfWord) halves_ = words.halves;
  if (row->kind == Kind::kName) names_ = words.months;
  for (const std::string_view name : kEnglish) {
    if (row->kind == Kind::kName && words.months.empty())
      names_.emplace_back(name.substr(0, letters.size() == 3 ? kEnglishShort : name.size()));
  }
  if (row->kind != Kind::kTwoDigitYear) return {};
  first_year_ = words.first_year;
  return first_year_ > 0 ? std::string_view() : "say which hundred years yy stands for: 'years: 1930..2029'";
}

std::string_view TimeFormat::WhatIsWrong() const {
  if (!has_[kYear] && !has_[kHour]) return "it has a year, or is a time of day";
  for (std::size_t part = kMonth; part <= kSecond; ++part) {
    const bool alone = part == kHour && !has_[kYear];
    if (has_[part] && !has_[part - 1] && !alone)
      return "no part stands in it without the larger one; MM is the month, mm the minute";
  }
  if (has_[kHour] && !has_[kMinute]) return "an hour has its minutes";
  if (has_[kHalf] != twelve_) return "hh and h are hours of the half day that 'a' names: 'h:mm a'";
  for (std::size_t i = 0; i + 1 < pieces_.size(); ++i) {
    const Piece& next = pieces_[i + 1];
    const bool digits = next.kind == Kind::kFixed || next.kind == Kind::kShort || next.kind == Kind::kTwoDigitYear ||
                        (next.kind == Kind::kLiteral && !next.literal.empty() && IsDigit(next.literal.front()));
    if (pieces_[i].kind == Kind::kShort && digits) return "no digit stands behind a number of one or two digits";
  }
  return {};
}

bool TimeFormat::ReadWord(const Piece& piece, bool any_case, std::string_view& text, int& value) const {
  const std::span<const std::string> words =
      piece.kind == Kind::kName ? std::span<const std::string>(names_) : std::span<const std::string>(halves_);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t read = any_case                     ? BeginsButCase(text, words[i])
                             : text.starts_with(words[i]) ? words[i].size()
                                                          : 0;
    if (read == 0) continue;
    value = static_cast<int>(i) + (piece.kind == Kind::kName ? 1 : 0);
    text.remove_prefix(read);
    return true;
  }
  return false;
}

bool TimeFormat::ReadPiece(const Piece& piece, bool any_case, std::string_view& text,
                           std::array<int, kParts>& values) const {
  if (piece.kind == Kind::kLiteral) {
    if (!text.starts_with(piece.literal)) return false;
    text.remove_prefix(piece.literal.size());
    return true;
  }
  int& value = values[static_cast<std::size_t>(piece.part)];
  if (piece.kind == Kind::kName || piece.kind == Kind::kHalfWord) return ReadWord(piece, any_case, text, value);
  std::size_t width = piece.width;
  if (piece.kind == Kind::kShort) {
    width = text.size() > 1 && IsDigit(text[1]) ? 2 : 1;
    if (width == 2 && text.front() == '0') return false;
  }
  if (text.size() < width) return false;
  for (std::size_t i = 0; i < width; ++i) {
    if (!IsDigit(text[i])) return false;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(width);
  if (piece.kind == Kind::kTwoDigitYear)
    value += first_year_ - first_year_ % 100 + (value < first_year_ % 100 ? 100 : 0);
  return true;
}

std::optional<TimeParts> TimeFormat::Read(std::string_view text, bool any_case) const {
  std::array<int, kParts> values{};
  for (const Piece& piece : pieces_) {
    if (!ReadPiece(piece, any_case, text, values)) return std::nullopt;
  }
  TimeParts parts{values[kYear],   values[kMonth],  values[kDay], values[kHour],
                  values[kMinute], values[kSecond], has_time()};
  if (twelve_) {
    if (parts.hour < 1 || parts.hour > 12) return std::nullopt;
    parts.hour = parts.hour % 12 + 12 * values[kHalf];
  }
  const bool named = (!has_month() || parts.month > 0) && (!has_day() || parts.day > 0);
  const bool in_day = parts.hour < 24 && parts.minute < 60 && parts.second < 60;
  const bool exists = !has_year() || IsCalendarDay(parts.year, parts.month, parts.day);
  if (!text.empty() || !named || !in_day || !exists) return std::nullopt;
  return parts;
}

bool TimeFormat::CanWrite(const TimeParts& parts) const {
  return first_year_ == 0 || (parts.year >= first_year_ && parts.year < first_year_ + 100);
}

void TimeFormat::Write(const TimeParts& parts, std::string& out) const {
  const int hour = !twelve_ ? parts.hour : parts.hour % 12 == 0 ? 12 : parts.hour % 12;
  const std::array<int, kParts> values = {parts.year,   parts.month,  parts.day,      hour,
                                          parts.minute, parts.second, parts.hour / 12};
  for (const Piece& piece : pieces_) {
    const int value = piece.part == kLiteral ? 0 : values[static_cast<std::size_t>(piece.part)];
    switch (piece.kind) {
      case Kind::kLiteral:
        out.append(piece.literal);
        break;
      case Kind::kFixed:
        AppendNumber(value, piece.width, out);
        break;
      case Kind::kShort:
        AppendNumber(value, value < 10 ? 1 : 2, out);
        break;
      case Kind::kTwoDigitYear:
        AppendNumber(value % 100, 2, out);
        break;
      case Kind::kName:
        out.append(names_[static_cast<std::size_t>(std::clamp(value, 1, 12) - 1)]);
        break;
      case Kind::kHalfWord:
        out.append(halves_[value > 0 ? 1 : 0]);
        break;
    }
  }
}

// What texts of the form look like: more than one shape where a part is written in several ways.
std::vector<std::u16string> TimeFormat::Shapes() const {
  std::vector<std::u16string> shapes(1);
  for (const Piece& piece : pieces_) {
    std::vector<std::u16string> ways;
    if (piece.kind == Kind::kLiteral) ways = {Wide(piece.literal)};
    if (piece.kind == Kind::kFixed) ways = {std::u16string(piece.width, kDigit)};
    if (piece.kind == Kind::kTwoDigitYear) ways = {std::u16string(2, kDigit)};
    if (piece.kind == Kind::kShort) ways = {{kDigit}, {kNoZero, kDigit}};
    for (const std::string& name : names_) {
      if (piece.kind == Kind::kName) ways.push_back(Wide(name));
    }
    for (const std::string& half : halves_) {
      if (piece.kind == Kind::kHalfWord) ways.push_back(Wide(half));
    }
    std::vector<std::u16string> longer;
    for (const std::u16string& shape : shapes) {
      for (const std::u16string& way : ways) longer.push_back(shape + way);
    }
    shapes = std::move(longer);
  }
  return shapes;
}

// Forms with the same parts in the same order read a text that both can read alike: dd/MM/yyyy and d/M/yyyy.
bool TimeFormat::Clashes(const TimeFormat& other) const {
  const auto alike = [](const Piece& a, const Piece& b) { return a.part == b.part && a.literal == b.literal; };
  if (std::ranges::equal(pieces_, other.pieces_, alike)) return false;
  const std::vector<std::u16string> theirs = other.Shapes();
  return std::ranges::any_of(Shapes(), [&](const std::u16string& own) {
    return std::ranges::any_of(theirs,
                               [&](const std::u16string& shape) { return std::ranges::equal(own, shape, Meet); });
  });
}

}  // namespace throughline::plan
