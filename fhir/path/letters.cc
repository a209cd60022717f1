#include "fhir/path/letters.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace throughline::path {
namespace {

// Capitals from `first` to `last`: the small letter is `distance` further. Distance 1: capitals and small letters take
// turns.
struct CaseRow {
  char32_t first;
  char32_t last;
  std::int32_t distance;
};
constexpr std::array<CaseRow, 21> kCases = {
    {{0x41, 0x5A, 32},   {0xC0, 0xD6, 32},   {0xD8, 0xDE, 32},     {0x100, 0x12E, 1},  {0x132, 0x136, 1},
     {0x139, 0x147, 1},  {0x14A, 0x176, 1},  {0x178, 0x178, -121}, {0x179, 0x17D, 1},  {0x386, 0x386, 38},
     {0x388, 0x38A, 37}, {0x38C, 0x38C, 64}, {0x38E, 0x38F, 63},   {0x391, 0x3AB, 32}, {0x400, 0x40F, 80},
     {0x410, 0x42F, 32}, {0x460, 0x480, 1},  {0x48A, 0x4BE, 1},    {0x4D0, 0x52E, 1},  {0x531, 0x556, 48},
     {0x1E00, 0x1EFE, 1}}};

bool IsUnpaired(char32_t code) { return code == 0x3A2 || (code >= 0x1E96 && code <= 0x1E9F); }

char32_t ToLower(char32_t code) {
  if (IsUnpaired(code)) return code;
  for (const CaseRow& row : kCases) {
    if (code < row.first || code > row.last) continue;
    if (row.distance == 1 && (code - row.first) % 2 != 0) return code;
    return code + static_cast<char32_t>(row.distance);
  }
  return code;
}

char32_t ToUpper(char32_t code) {
  if (IsUnpaired(code)) return code;
  for (const CaseRow& row : kCases) {
    const char32_t capital = code - static_cast<char32_t>(row.distance);
    if (capital < row.first || capital > row.last || IsUnpaired(capital)) continue;
    if (row.distance == 1 && (capital - row.first) % 2 != 0) return code;
    return capital;
  }
  return code;
}

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The code point at `index`, which moves behind it; bytes that are no UTF-8 come out one by one.
char32_t TakeCharacter(std::string_view text, std::size_t& index) {
  const auto first = static_cast<unsigned char>(text[index++]);
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  char32_t code = more == 0 ? first : first & (0x3FU >> more);
  for (int i = 0; i < more && index < text.size() && IsContinuation(text[index]); ++i) {
    code = (code << 6) | (static_cast<unsigned char>(text[index++]) & 0x3F);
  }
  return code;
}

void Append(char32_t code, std::string& out) {
  const auto push = [&](char32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return push(code);
  if (code < 0x800) {
    push(0xC0 | (code >> 6));
  } else if (code < 0x10000) {
    push(0xE0 | (code >> 12));
    push(0x80 | ((code >> 6) & 0x3F));
  } else {
    push(0xF0 | (code >> 18));
    push(0x80 | ((code >> 12) & 0x3F));
    push(0x80 | ((code >> 6) & 0x3F));
  }
  push(0x80 | (code & 0x3F));
}

template <typename Change>
std::string Map(std::string_view text, Change change) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) Append(change(TakeCharacter(text, i)), out);
  return out;
}

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// The next character in lower case, any white space as a blank; 0 at the end.
char32_t NextLoose(std::string_view text, std::size_t& index) {
  if (index >= text.size()) return 0;
  if (!IsBlank(text[index])) return ToLower(TakeCharacter(text, index));
  ++index;
  return U' ';
}

}  // namespace

void AppendCharacter(char32_t code, std::string& out) { Append(code, out); }

bool IsUtf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t start = i;
    const char32_t code = TakeCharacter(text, i);
    const std::size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    const auto first = static_cast<unsigned char>(text[start]);
    const std::size_t told = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    if (told == 1 && first >= 0x80) return false;
    if (told != size || i - start != told || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
  }
  return true;
}

std::string LowerText(std::string_view text) { return Map(text, ToLower); }
std::string UpperText(std::string_view text) { return Map(text, ToUpper); }

bool EquivalentText(std::string_view left, std::string_view right) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < left.size() || j < right.size()) {
    if (NextLoose(left, i) != NextLoose(right, j)) return false;
  }
  return true;
}

std::size_t CharacterCount(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !IsContinuation(c); }));
}

std::size_t ByteOf(std::string_view text, std::size_t index) {
  std::size_t byte = 0;
  while (byte < text.size() && index > 0) {
    ++byte;
    while (byte < text.size() && IsContinuation(text[byte])) ++byte;
    --index;
  }
  return byte;
}

}  // namespace throughline::path
