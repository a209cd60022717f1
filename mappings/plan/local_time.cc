#include "mappings/plan/local_time.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace throughline::plan {
namespace {

struct PartRow {
  char letter;
  std::size_t width;
};
constexpr std::array kParts = {PartRow{'y', 4}, PartRow{'M', 2}, PartRow{'d', 2},
                               PartRow{'H', 2}, PartRow{'m', 2}, PartRow{'s', 2}};

int* PartOf(TimeParts& parts, int part) {
  int* const places[] = {&parts.year, &parts.month, &parts.day, &parts.hour, &parts.minute, &parts.second};
  return places[part];
}

void AppendNumber(int value, std::size_t width, std::string& out) {
  const std::size_t start = out.size();
  out.append(width, '0');
  for (std::size_t place = start + width; place > start && value > 0; value /= 10) {
    out[--place] = static_cast<char>('0' + value % 10);
  }
}

bool IsLetter(char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }

int PartNamed(char letter) {
  for (std::size_t part = 0; part < kParts.size(); ++part) {
    if (kParts[part].letter == letter) return static_cast<int>(part);
  }
  return -1;
}

}  // namespace

bool IsCalendarDay(int year, int month, int day) {
  if (year < 1 || year > 9999) return false;
  if (month == 0) return day == 0;
  if (day == 0) return month >= 1 && month <= 12;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  return month > 0 && day > 0 && date.ok();
}

std::optional<TimeFormat> TimeFormat::Parse(std::string_view pattern) {
  TimeFormat format;
  format.pattern_ = pattern;
  const auto literal = [&format](std::string_view text) {
    if (format.pieces_.empty() || format.pieces_.back().part >= 0) format.pieces_.emplace_back();
    format.pieces_.back().literal.append(text);
  };
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] == '\'') {
      const std::size_t end = pattern.find('\'', at + 1);
      if (end == std::string_view::npos) return std::nullopt;
      literal(pattern.substr(at + 1, end - at - 1));
      at = end + 1;
    } else if (!IsLetter(pattern[at])) {
      literal(pattern.substr(at++, 1));
    } else {
      const int part = PartNamed(pattern[at]);
      if (part < 0) return std::nullopt;
      const std::size_t width = kParts[static_cast<std::size_t>(part)].width;
      if (format.has_[part] || pattern.substr(at, width) != std::string(width, pattern[at])) return std::nullopt;
      format.has_[part] = true;
      format.pieces_.push_back({static_cast<std::int8_t>(part), {}});
      at += width;
    }
  }
  for (std::size_t part = 1; part < kParts.size(); ++part) {
    const bool alone = part == 3 && !format.has_[0];
    if (format.has_[part] && !format.has_[part - 1] && !alone) return std::nullopt;
  }
  const bool hour_alone = format.has_[3] && !format.has_[4];
  const bool something = format.has_[0] || format.has_[3];
  return something && !hour_alone ? std::optional(format) : std::nullopt;
}

std::optional<TimeParts> TimeFormat::Read(std::string_view text) const {
  TimeParts parts;
  parts.has_time = has_time();
  for (const Piece& piece : pieces_) {
    if (piece.part < 0) {
      if (!text.starts_with(piece.literal)) return std::nullopt;
      text.remove_prefix(piece.literal.size());
      continue;
    }
    const std::size_t width = kParts[static_cast<std::size_t>(piece.part)].width;
    if (text.size() < width) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      if (text[i] < '0' || text[i] > '9') return std::nullopt;
      value = value * 10 + (text[i] - '0');
    }
    *PartOf(parts, piece.part) = value;
    text.remove_prefix(width);
  }
  const bool named = (!has_month() || parts.month > 0) && (!has_day() || parts.day > 0);
  const bool in_day = parts.hour < 24 && parts.minute < 60 && parts.second < 60;
  const bool exists = !has_year() || IsCalendarDay(parts.year, parts.month, parts.day);
  if (!text.empty() || !named || !in_day || !exists) return std::nullopt;
  return parts;
}

bool TimeFormat::Overlaps(const TimeFormat& other) const {
  const auto shape = [](const TimeFormat& format) {
    std::string text;
    for (const Piece& piece : format.pieces_) {
      text += piece.part < 0 ? piece.literal : std::string(kParts[static_cast<std::size_t>(piece.part)].width, '\n');
    }
    return text;
  };
  const auto meet = [](char a, char b) {
    const auto digit = [](char byte) { return byte == '\n' || (byte >= '0' && byte <= '9'); };
    return a == b || (digit(a) && digit(b) && (a == '\n' || b == '\n'));
  };
  const std::string own = shape(*this);
  const std::string their = shape(other);
  return std::ranges::equal(own, their, meet);
}

void TimeFormat::Write(const TimeParts& parts, std::string& out) const {
  TimeParts copy = parts;
  for (const Piece& piece : pieces_) {
    if (piece.part < 0) {
      out.append(piece.literal);
    } else {
      AppendNumber(*PartOf(copy, piece.part), kParts[static_cast<std::size_t>(piece.part)].width, out);
    }
  }
}

}  // namespace throughline::plan
