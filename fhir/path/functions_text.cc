// Strings. https://hl7.org/fhirpath/N1/#string-manipulation
#include <re2/re2.h>

#include <algorithm>
#include <limits>
#include <string>

#include "fhir/path/functions.h"
#include "fhir/path/letters.h"

namespace throughline::path {
namespace {

re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

// The input and the first argument, both single strings; `there` is false when one is missing.
struct Texts {
  std::string_view text;
  std::string_view other;
  bool there = false;
};

bool Read(Invocation& call, Texts& out) {
  std::optional<std::string_view> text;
  std::optional<std::string_view> other;
  if (!call.InputText(text) || !call.TextArgument(0, other)) return false;
  out.there = text && other;
  if (out.there) {
    out.text = *text;
    out.other = *other;
  }
  return true;
}

bool Test(Invocation& call, bool (*test)(std::string_view text, std::string_view other), Collection& out) {
  Texts texts;
  if (!Read(call, texts)) return false;
  if (texts.there) out.Add(Item::Boolean(test(texts.text, texts.other)));
  return true;
}

bool PlaceOf(Invocation& call, bool last, Collection& out) {
  Texts texts;
  if (!Read(call, texts)) return false;
  if (!texts.there) return true;
  const std::size_t byte = last ? texts.text.rfind(texts.other) : texts.text.find(texts.other);
  const bool found = byte != std::string_view::npos;
  out.Add(Item::Integer(found ? static_cast<std::int64_t>(CharacterCount(texts.text.substr(0, byte))) : -1));
  return true;
}

bool Change(Invocation& call, std::string (*change)(std::string_view), Collection& out) {
  std::optional<std::string_view> text;
  if (!call.InputText(text)) return false;
  return !text || call.AddText(change(*text), out);
}

// The pattern of the call, compiled before or now.
class Pattern {
 public:
  bool Read(Invocation& call, std::string_view text) {
    regex_ = call.call().pattern;
    if (regex_ == nullptr) {
      own_ = CompileRegex(text);
      if (!own_->ok()) return call.Fail("this is no regular expression");
      regex_ = own_.get();
    }
    return true;
  }
  const re2::RE2& get() const { return *regex_; }

 private:
  std::unique_ptr<re2::RE2> own_;
  const re2::RE2* regex_ = nullptr;
};

bool Match(Invocation& call, bool whole, Collection& out) {
  Texts texts;
  if (!Read(call, texts)) return false;
  if (!texts.there) return true;
  Pattern pattern;
  if (!call.run().Charge(texts.text.size() / 16) || !pattern.Read(call, texts.other)) return false;
  const re2::RE2& regex = pattern.get();
  const bool matches =
      whole ? re2::RE2::FullMatch(Piece(texts.text), regex) : re2::RE2::PartialMatch(Piece(texts.text), regex);
  out.Add(Item::Boolean(matches));
  return true;
}

// `$1` and `${name}` of FHIRPath as RE2 writes them. False: a group that the pattern does not have.
bool TranslateSubstitution(std::string_view text, const re2::RE2& regex, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == '\\') {
      out += "\\\\";
    } else if (text[i] == '$' && next >= '0' && next <= '9') {
      out += '\\';
      out += next;
      ++i;
    } else if (text[i] == '$' && next == '{') {
      const std::size_t end = text.find('}', i);
      if (end == std::string_view::npos) return false;
      const auto& groups = regex.NamedCapturingGroups();
      const auto group = groups.find(std::string(text.substr(i + 2, end - i - 2)));
      if (group == groups.end() || group->second > 9) return false;
      out += '\\';
      out += static_cast<char>('0' + group->second);
      i = end;
    } else {
      out += text[i];
    }
  }
  std::string error;
  return regex.CheckRewriteString(out, &error);
}

// Every occurrence of `from`; between all characters when it is empty.
std::string ReplaceAll(std::string_view text, std::string_view from, std::string_view to, std::size_t limit) {
  std::string out;
  std::size_t done = 0;
  while (out.size() <= limit) {
    std::size_t found = 0;
    if (from.empty()) {
      out += to;
      if (done == text.size()) break;
      found = done + ByteOf(text.substr(done), 1);
      out += text.substr(done, found - done);
      done = found;
      continue;
    }
    found = text.find(from, done);
    if (found == std::string_view::npos) {
      out += text.substr(done);
      break;
    }
    out += text.substr(done, found - done);
    out += to;
    done = found + from.size();
  }
  return out;
}

constexpr std::size_t kMaxText = 1 << 20;

constexpr std::int64_t kMaxPatternMemory = 1 << 20;

}  // namespace

std::unique_ptr<re2::RE2> CompileRegex(std::string_view pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(kMaxPatternMemory);
  return std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
}

bool StartsWith(Invocation& call, Collection& out) {
  return Test(
      call, [](std::string_view text, std::string_view start) { return text.starts_with(start); }, out);
}

bool EndsWith(Invocation& call, Collection& out) {
  return Test(
      call, [](std::string_view text, std::string_view end) { return text.ends_with(end); }, out);
}

bool Contains(Invocation& call, Collection& out) {
  return Test(
      call, [](std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; },
      out);
}

bool IndexOf(Invocation& call, Collection& out) { return PlaceOf(call, false, out); }
bool LastIndexOf(Invocation& call, Collection& out) { return PlaceOf(call, true, out); }

bool Substring(Invocation& call, Collection& out) {
  std::optional<std::string_view> text;
  std::optional<std::int64_t> start;
  std::optional<std::int64_t> length;
  if (!call.InputText(text) || !call.IntegerArgument(0, start)) return false;
  if (call.argument_count() == 2 && !call.IntegerArgument(1, length)) return false;
  if (!text || !start || *start < 0) return true;
  const std::size_t first = ByteOf(*text, static_cast<std::size_t>(*start));
  if (first >= text->size()) return true;
  std::string_view rest = text->substr(first);
  if (length) rest = rest.substr(0, ByteOf(rest, static_cast<std::size_t>(std::max<std::int64_t>(*length, 0))));
  return call.AddText(rest, out);
}

bool Length(Invocation& call, Collection& out) {
  std::optional<std::string_view> text;
  if (!call.InputText(text)) return false;
  if (text) out.Add(Item::Integer(static_cast<std::int64_t>(CharacterCount(*text))));
  return true;
}

bool Lower(Invocation& call, Collection& out) { return Change(call, LowerText, out); }
bool Upper(Invocation& call, Collection& out) { return Change(call, UpperText, out); }

bool Trim(Invocation& call, Collection& out) {
  return Change(
      call,
      [](std::string_view text) {
        const std::size_t first = text.find_first_not_of(" \t\r\n");
        if (first == std::string_view::npos) return std::string();
        return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
      },
      out);
}

bool ToChars(Invocation& call, Collection& out) {
  std::optional<std::string_view> text;
  if (!call.InputText(text)) return false;
  while (text && !text->empty()) {
    const std::size_t size = ByteOf(*text, 1);
    if (!call.AddText(text->substr(0, size), out) || !call.run().Charge(1)) return false;
    text->remove_prefix(size);
  }
  return true;
}

bool Split(Invocation& call, Collection& out) {
  Texts texts;
  if (!Read(call, texts)) return false;
  if (!texts.there) return true;
  if (texts.other.empty()) return ToChars(call, out);
  std::string_view rest = texts.text;
  for (;;) {
    const std::size_t end = rest.find(texts.other);
    if (!call.AddText(rest.substr(0, end), out) || !call.run().Charge(1)) return false;
    if (end == std::string_view::npos) return true;
    rest.remove_prefix(end + texts.other.size());
  }
}

bool Join(Invocation& call, Collection& out) {
  std::optional<std::string_view> separator;
  if (call.argument_count() == 1 && !call.TextArgument(0, separator)) return false;
  if (call.input().empty()) return true;
  std::string text;
  bool first = true;
  for (const Item& node : call.input()) {
    Item item;
    if (!call.run().System(node, item)) continue;
    if (item.kind() != ItemKind::kString) return call.Fail("strings are expected");
    if (!first) text += separator.value_or("");
    text += item.text();
    first = false;
    if (text.size() > kMaxText) return call.Fail("the text becomes too long");
  }
  return call.AddText(text, out);
}

bool Replace(Invocation& call, Collection& out) {
  Texts texts;
  std::optional<std::string_view> to;
  if (!Read(call, texts) || !call.TextArgument(1, to)) return false;
  if (!texts.there || !to) return true;
  return call.AddText(ReplaceAll(texts.text, texts.other, *to, kMaxText), out);
}

bool Matches(Invocation& call, Collection& out) { return Match(call, false, out); }
bool MatchesFull(Invocation& call, Collection& out) { return Match(call, true, out); }

bool ReplaceMatches(Invocation& call, Collection& out) {
  Texts texts;
  std::optional<std::string_view> to;
  if (!Read(call, texts) || !call.TextArgument(1, to)) return false;
  if (!texts.there || !to) return true;
  if (texts.other.empty()) return call.AddText(texts.text, out);
  Pattern pattern;
  if (!pattern.Read(call, texts.other)) return false;
  std::string substitution;
  if (!TranslateSubstitution(*to, pattern.get(), substitution)) return call.Fail("the pattern has no such group");
  // A match takes a character or none: the result is bounded before it is made.
  if ((texts.text.size() + 1) * (substitution.size() + 10 * texts.text.size() + 1) >
      std::numeric_limits<std::uint32_t>::max()) {
    return call.Fail("the text becomes too long");
  }
  std::string text(texts.text);
  re2::RE2::GlobalReplace(&text, pattern.get(), substitution);
  return call.AddText(text, out);
}

}  // namespace throughline::path
