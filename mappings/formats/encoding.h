// Character sets of local files <-> UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace throughline::formats {

enum class Encoding : std::uint8_t {
  kUtf8,
  kLatin1,       // ISO 8859-1: every byte is the character of its number
  kWindows1252,  // https://encoding.spec.whatwg.org/windows-1252: as latin-1, but for 0x80 to 0x9F
};

// The word of a map's `local.encoding` ("utf-8", "latin-1", "windows-1252"). False: none of them.
bool EncodingFrom(std::string_view word, Encoding& out);
std::string_view CodeOf(Encoding encoding);

bool IsUtf8(std::string_view text);
// Appends `bytes` as UTF-8. False: they are not text of that encoding; `out` is then of no use.
bool Decode(Encoding encoding, std::string_view bytes, std::string& out);
// Appends UTF-8 `text` in the encoding. False: it has a character that the encoding cannot write.
bool Encode(Encoding encoding, std::string_view text, std::string& out);

}  // namespace throughline::formats
