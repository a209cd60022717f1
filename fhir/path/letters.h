// Text as code points: FHIRPath counts characters, not bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace throughline::path {

// Simple case mapping of Latin, Greek, Cyrillic and Armenian letters; others stay as they are.
std::string LowerText(std::string_view text);
std::string UpperText(std::string_view text);

// Equal without regard to case and to the kind of white space.
bool EquivalentText(std::string_view left, std::string_view right);

// Is it well-formed UTF-8 (no overlong forms, no surrogates)?
bool IsUtf8(std::string_view text);
void AppendCharacter(char32_t code, std::string& out);

std::size_t CharacterCount(std::string_view text);
// The byte at which character `index` starts; text.size() when there is none.
std::size_t ByteOf(std::string_view text, std::size_t index);

}  // namespace throughline::path
