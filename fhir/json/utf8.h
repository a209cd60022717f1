// Looks at bytes before they are parsed. Private to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace throughline::json {

// In each of a word's eight bytes: the lowest bit, the highest.
inline constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
inline constexpr std::uint64_t kHigh = 0x8080'8080'8080'8080;

inline constexpr std::size_t kAllGood = static_cast<std::size_t>(-1);

// Offset of the first byte that is NUL or does not belong to well-formed UTF-8 (no overlong forms, no surrogates, at
// most U+10FFFF); kAllGood when there is none. https://www.unicode.org/versions/latest/core-spec/chapter-3/ table 3-7
std::size_t FindBadByte(std::string_view bytes);

// True when an escape anywhere may make a control character or half of a surrogate pair: then decoded strings must be
// looked at again.
bool HasRiskyEscapes(std::string_view bytes);

}  // namespace throughline::json
