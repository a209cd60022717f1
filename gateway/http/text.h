// Small words about ASCII that the readers of this room share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace throughline::http {

constexpr char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

inline bool SameWithoutCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return Lower(x) == Lower(y); });
}

inline std::string LowerOf(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = Lower(c);
  return lower;
}

// Without blanks and tabs at both ends.
inline std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// token of RFC 9110 section 5.6.2.
constexpr bool IsTokenByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

inline bool IsToken(std::string_view text) { return !text.empty() && std::ranges::all_of(text, IsTokenByte); }

// -1: none.
constexpr int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// May stand in a header's value or a chunk's extension: a blank, a tab, or what can be seen; bytes over 0x7f too.
inline bool IsFieldByte(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte >= 0x20 ? byte != 0x7f : c == '\t';
}

}  // namespace throughline::http
