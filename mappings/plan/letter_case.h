// Words that differ in the case of letters alone. UTF-8. For mappings/ only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace throughline::plan {

// The same letters, each in its own case or the other one: only letters of which each case leads to the other and back.
bool SameButCase(std::string_view text, std::string_view word);
// The length of the beginning of `text` that is `word` in some case; 0: it does not begin so.
std::size_t BeginsButCase(std::string_view text, std::string_view word);
// One text for all that are the same but for case.
std::string Folded(std::string_view text);

// In which letters `text` differs from `word`, from which it differs in case alone: a bit a letter, the first letters
// in the first digit, hexadecimal. Empty: in none.
std::string CaseMask(std::string_view text, std::string_view word);
// `word` with the case of those letters changed; nothing when it is no such mask.
std::optional<std::string> WithCase(std::string_view word, std::string_view mask);

}  // namespace throughline::plan
