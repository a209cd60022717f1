// Regular expressions by RE2: time that grows with the text alone, so without backreferences and looking around.
#pragma once

#include <memory>
#include <optional>
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

// A pattern that has to match a text from its start to its end. Nothing: RE2 cannot read the pattern. Safe from several
// threads.
class WholePattern {
 public:
  static std::optional<WholePattern> Compile(std::string_view pattern);
  WholePattern(WholePattern&&) noexcept;
  WholePattern& operator=(WholePattern&&) noexcept;
  ~WholePattern();

  bool Matches(std::string_view text) const;

 private:
  explicit WholePattern(std::unique_ptr<const re2::RE2> regex);

  std::unique_ptr<const re2::RE2> regex_;
};

}  // namespace throughline::path
