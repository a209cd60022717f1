// Regular expressions by RE2: time that grows with the text alone, so without backreferences and looking around.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace throughline::path {

// The pattern of matches() and its kin: case-sensitive, `.` takes line ends too, Unicode. `flags`: "i" ignores case,
// "m" lets ^ and $ stand at each line. Groups and escapes as PCRE writes them are put in RE2's words. Null: `reason`
// says what is wrong, or what this engine cannot do.
std::unique_ptr<re2::RE2> CompilePattern(std::string_view pattern, std::string_view flags, std::string_view& reason);

// `text` with every match replaced; `$1`, `${1}` and `${name}` stand for groups. False: there is no such group, or the
// text becomes longer than `limit`, as `reason` says.
bool ReplacePattern(std::string_view text, const re2::RE2& regex, std::string_view substitution, std::size_t limit,
                    std::string& out, std::string_view& reason);

}  // namespace throughline::path
