#include "fhir/path/pattern.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

namespace throughline::path {
namespace {

constexpr std::int64_t kMaxMemory = 1 << 20;
constexpr int kMaxGroups = 64;

struct SpellingRow {
  std::string_view start;
  std::string_view instead;  // empty: RE2 cannot do it
  std::string_view reason;
};
constexpr std::string_view kNoLooking = "the pattern looks ahead or behind, which RE2 cannot do";
constexpr std::array<SpellingRow, 8> kSpellings = {{
    {"(?<=", "", kNoLooking},
    {"(?<!", "", kNoLooking},
    {"(?=", "", kNoLooking},
    {"(?!", "", kNoLooking},
    {"(?>", "", "the pattern has an atomic group, which RE2 cannot do"},
    {"(?<", "(?P<", ""},
    {"(?'", "(?P<", ""},
    {"(?#", "", "the pattern has a comment, which RE2 cannot do"},
}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes the escape at `index`, a backslash.
bool TakeEscape(std::string_view pattern, std::size_t& index, bool in_class, std::string& out,
                std::string_view& reason) {
  const char next = index + 1 < pattern.size() ? pattern[index + 1] : '\0';
  if (!in_class && ((IsDigit(next) && next != '0') || next == 'k')) {
    reason = "the pattern refers back to a group, which RE2 cannot do";
    return false;
  }
  if (next == 'u' && index + 5 < pattern.size()) {
    out += "\\x{";
    out += pattern.substr(index + 2, 4);
    out += '}';
    index += 6;
  } else if (next == 'Z') {
    out += "\\z";
    index += 2;
  } else {
    out += pattern.substr(index, 2);
    index += 2;
  }
  return true;
}

bool TakeGroup(std::string_view pattern, std::size_t& index, std::string& out, std::string_view& reason) {
  for (const SpellingRow& row : kSpellings) {
    if (!pattern.substr(index).starts_with(row.start)) continue;
    if (row.instead.empty()) {
      reason = row.reason;
      return false;
    }
    out += row.instead;
    index += row.start.size();
    const std::size_t end = pattern.find(row.start.back() == '\'' ? '\'' : '>', index);
    if (end == std::string_view::npos) return true;
    out += pattern.substr(index, end - index);
    out += '>';
    index = end + 1;
    return true;
  }
  out += pattern[index++];
  return true;
}

bool Translate(std::string_view pattern, std::string& out, std::string_view& reason) {
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size();) {
    const char c = pattern[i];
    if (c == '\\') {
      if (!TakeEscape(pattern, i, in_class, out, reason)) return false;
    } else if (c == '(' && !in_class) {
      if (!TakeGroup(pattern, i, out, reason)) return false;
    } else {
      if (c == '[' && !(in_class && pattern.substr(i, 2) == "[:")) {
        // A bracket within a class is a letter to PCRE.
        if (in_class) out += '\\';
        out += c;
        const bool negated = !in_class && pattern.substr(i + 1, 1) == "^";
        if (negated) out += pattern[++i];
        if (!in_class && pattern.substr(i + 1, 1) == "]") out += "\\]", ++i;
        in_class = true;
      } else {
        if (c == ']') in_class = false;
        out += c;
      }
      ++i;
    }
  }
  return true;
}

re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

// The number of the group that "1" or "name" means; -1: there is none.
int GroupOf(const re2::RE2& regex, std::string_view name) {
  int number = -1;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error == std::errc{} && end == name.data() + name.size()) {
    return number <= regex.NumberOfCapturingGroups() ? number : -1;
  }
  const auto& groups = regex.NamedCapturingGroups();
  const auto group = groups.find(std::string(name));
  return group == groups.end() ? -1 : group->second;
}

// A piece of a substitution: a text, then a group (-1: none).
struct Piecewise {
  std::string_view text;
  int group = -1;
};

// "$1" takes as many digits as make a group that there is.
std::string_view ShortName(const re2::RE2& regex, std::string_view digits) {
  while (digits.size() > 1 && GroupOf(regex, digits) < 0) digits.remove_suffix(1);
  return digits;
}

bool ReadSubstitution(std::string_view text, const re2::RE2& regex, std::vector<Piecewise>& out) {
  std::size_t done = 0;
  for (std::size_t i = 0; i + 1 < text.size();) {
    if (text[i] != '$' || !(IsDigit(text[i + 1]) || text[i + 1] == '{' || text[i + 1] == '$')) {
      ++i;
      continue;
    }
    if (text[i + 1] == '$') {
      out.push_back({text.substr(done, i + 1 - done)});
      i += 2;
      done = i;
      continue;
    }
    std::string_view name;
    std::size_t end = 0;
    if (text[i + 1] == '{') {
      end = text.find('}', i);
      if (end == std::string_view::npos) return false;
      name = text.substr(i + 2, end - i - 2);
      ++end;
    } else {
      const std::size_t last = std::min(text.find_first_not_of("0123456789", i + 1), text.size());
      name = ShortName(regex, text.substr(i + 1, last - i - 1));
      end = i + 1 + name.size();
    }
    const int group = GroupOf(regex, name);
    if (group < 0) return false;
    out.push_back({text.substr(done, i - done), group});
    i = end;
    done = end;
  }
  out.push_back({text.substr(done)});
  return true;
}

}  // namespace

std::unique_ptr<re2::RE2> CompilePattern(std::string_view pattern, std::string_view flags, std::string_view& reason) {
  if (flags.find_first_not_of("im") != std::string_view::npos) {
    reason = "the flags of a pattern are i and m";
    return nullptr;
  }
  std::string text;
  if (!flags.empty()) text = "(?" + std::string(flags) + ")";
  if (!Translate(pattern, text, reason)) return nullptr;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(kMaxMemory);
  auto regex = std::make_unique<re2::RE2>(Piece(text), options);
  if (regex->ok() && regex->NumberOfCapturingGroups() < kMaxGroups) return regex;
  reason = regex->ok()                                             ? "the pattern has too many groups"
           : regex->error_code() == re2::RE2::ErrorPatternTooLarge ? "the pattern is too large"
                                                                   : "this is no regular expression of RE2";
  return nullptr;
}

bool ReplacePattern(std::string_view text, const re2::RE2& regex, std::string_view substitution, std::size_t limit,
                    std::string& out, std::string_view& reason) {
  std::vector<Piecewise> pieces;
  if (!ReadSubstitution(substitution, regex, pieces)) {
    reason = "the pattern has no such group";
    return false;
  }
  std::array<re2::StringPiece, kMaxGroups> groups;
  const int count = regex.NumberOfCapturingGroups() + 1;
  std::size_t done = 0;
  for (std::size_t from = 0; from <= text.size();) {
    if (!regex.Match(Piece(text), from, text.size(), re2::RE2::UNANCHORED, groups.data(), count)) break;
    const auto start = static_cast<std::size_t>(groups[0].data() - text.data());
    out += text.substr(done, start - done);
    for (const Piecewise& piece : pieces) {
      out += piece.text;
      if (piece.group >= 0) out.append(groups[piece.group].data(), groups[piece.group].size());
    }
    if (out.size() > limit) {
      reason = "the text becomes too long";
      return false;
    }
    done = start + groups[0].size();
    from = done;
    if (groups[0].empty()) {
      if (from < text.size()) out += text[from];
      ++from;
      while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80) out += text[from++];
      done = std::min(from, text.size());
    }
  }
  out += text.substr(std::min(done, text.size()));
  return true;
}

WholePattern::WholePattern(std::unique_ptr<const re2::RE2> regex) : regex_(std::move(regex)) {}
WholePattern::WholePattern(WholePattern&&) noexcept = default;
WholePattern& WholePattern::operator=(WholePattern&&) noexcept = default;
WholePattern::~WholePattern() = default;

std::optional<WholePattern> WholePattern::Compile(std::string_view pattern) {
  std::string_view reason;
  std::unique_ptr<const re2::RE2> regex = CompilePattern(pattern, "", reason);
  return regex == nullptr ? std::nullopt : std::optional(WholePattern(std::move(regex)));
}

bool WholePattern::Matches(std::string_view text) const { return re2::RE2::FullMatch(Piece(text), *regex_); }

}  // namespace throughline::path
