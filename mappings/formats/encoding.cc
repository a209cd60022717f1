#include "mappings/formats/encoding.h"

#include <algorithm>
#include <array>

namespace throughline::formats {
namespace {

constexpr std::array<std::string_view, 3> kWords = {"utf-8", "latin-1", "windows-1252"};

// Characters of the bytes 0x80 to 0x9F. The five that windows-1252 leaves open are the control characters there.
constexpr std::array<char32_t, 32> kUpper = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                             0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                             0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                             0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};

void AppendUtf8(char32_t point, std::string& out) {
  const auto tail = [&](int shift) { out.push_back(static_cast<char>(0x80 | ((point >> shift) & 0x3F))); };
  if (point < 0x80) {
    out.push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (point >> 6)));
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xE0 | (point >> 12)));
    tail(6);
    tail(0);
  }
}

// Takes one character off the front of UTF-8; false: there is none.
bool Take(std::string_view& text, char32_t& point) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 0 || text.size() < length) return false;
  point = length == 1 ? lead : lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) return false;
    point = (point << 6) | (byte & 0x3Fu);
  }
  text.remove_prefix(length);
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xD800 && point < 0xE000;
  return point >= kLeast[length] && point <= 0x10FFFF && !surrogate;
}

}  // namespace

bool EncodingFrom(std::string_view word, Encoding& out) {
  const auto found = std::ranges::find(kWords, word);
  if (found == kWords.end()) return false;
  out = static_cast<Encoding>(found - kWords.begin());
  return true;
}

std::string_view CodeOf(Encoding encoding) { return kWords[static_cast<std::size_t>(encoding)]; }

bool IsUtf8(std::string_view text) {
  char32_t point = 0;
  while (!text.empty()) {
    const std::size_t plain = static_cast<std::size_t>(
        std::ranges::find_if(text, [](char byte) { return static_cast<unsigned char>(byte) >= 0x80; }) - text.begin());
    text.remove_prefix(plain);
    if (!text.empty() && !Take(text, point)) return false;
  }
  return true;
}

bool Decode(Encoding encoding, std::string_view bytes, std::string& out) {
  if (encoding == Encoding::kUtf8) {
    out.append(bytes);
    return IsUtf8(bytes);
  }
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    const bool upper = encoding == Encoding::kWindows1252 && code >= 0x80 && code < 0xA0;
    AppendUtf8(upper ? kUpper[code - 0x80u] : code, out);
  }
  return true;
}

bool Encode(Encoding encoding, std::string_view text, std::string& out) {
  if (encoding == Encoding::kUtf8) {
    out.append(text);
    return true;
  }
  while (!text.empty()) {
    char32_t point = 0;
    if (!Take(text, point)) return false;
    const bool windows = encoding == Encoding::kWindows1252;
    const auto upper = windows ? std::ranges::find(kUpper, point) : kUpper.end();
    const bool shifted = windows && point >= 0x80 && point < 0xA0;
    if (upper != kUpper.end()) {
      out.push_back(static_cast<char>(0x80 + (upper - kUpper.begin())));
    } else if (point > 0xFF || shifted) {
      return false;
    } else {
      out.push_back(static_cast<char>(point));
    }
  }
  return true;
}

}  // namespace throughline::formats
