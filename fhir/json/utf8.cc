#include "fhir/json/utf8.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace throughline::json {
namespace {

// Eight bytes of ASCII without NUL.
bool IsPlain(std::uint64_t word) { return ((word | (word - kOnes)) & kHigh) == 0; }

std::uint64_t Load(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, 8);
  return word;
}

// The bytes that may follow a lead byte: a sequence's length and the range of its second byte.
struct Lead {
  unsigned char from, to;
  unsigned char length;
  unsigned char low, high;
};

constexpr std::array kLeads = {
    Lead{0xC2, 0xDF, 2, 0x80, 0xBF}, Lead{0xE0, 0xE0, 3, 0xA0, 0xBF}, Lead{0xE1, 0xEC, 3, 0x80, 0xBF},
    Lead{0xED, 0xED, 3, 0x80, 0x9F}, Lead{0xEE, 0xEF, 3, 0x80, 0xBF}, Lead{0xF0, 0xF0, 4, 0x90, 0xBF},
    Lead{0xF1, 0xF3, 4, 0x80, 0xBF}, Lead{0xF4, 0xF4, 4, 0x80, 0x8F},
};

// Length of the well-formed sequence at the start of `bytes`; 0 when there is none.
std::size_t SequenceLength(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (at(0) < 0x80) return at(0) == 0 ? 0 : 1;
  for (const Lead& lead : kLeads) {
    if (at(0) < lead.from || at(0) > lead.to) continue;
    if (bytes.size() < lead.length || at(1) < lead.low || at(1) > lead.high) return 0;
    for (std::size_t i = 2; i < lead.length; ++i) {
      if ((at(i) & 0xC0) != 0x80) return 0;
    }
    return lead.length;
  }
  return 0;
}

// What stands behind a backslash: b, f, u000X, u001X, or a half of a surrogate pair.
bool IsRisky(std::string_view escape) {
  if (escape.front() == 'b' || escape.front() == 'f') return true;
  if (escape.front() != 'u' || escape.size() < 4) return false;
  if (escape[1] == 'd' || escape[1] == 'D') return escape[2] > '7';
  return escape[1] == '0' && escape[2] == '0' && (escape[3] == '0' || escape[3] == '1');
}

}  // namespace

std::size_t FindBadByte(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const char* const place = bytes.data() + at;
    if (bytes.size() - at >= 16 && IsPlain(Load(place)) && IsPlain(Load(place + 8))) {
      at += 16;
      continue;
    }
    const std::size_t length = SequenceLength(bytes.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return kAllGood;
}

bool HasRiskyEscapes(std::string_view bytes) {
  std::size_t at = bytes.find('\\');
  while (at != std::string_view::npos && at + 1 < bytes.size()) {
    if (IsRisky(bytes.substr(at + 1, 5))) return true;
    at = bytes.find('\\', at + 2);
  }
  return false;
}

}  // namespace throughline::json
