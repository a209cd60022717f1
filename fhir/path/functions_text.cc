// Strings, but for patterns. https://hl7.org/fhirpath/N1/#string-manipulation
#include <algorithm>
#include <string>

#include "fhir/path/functions.h"
#include "fhir/path/letters.h"

namespace throughline::path {
namespace {

// The input and the first argument, both single strings; `there` is false when one is missing.
struct Texts {
  std::string_view text;
  std::string_view other;
  bool there = false;
};

bool ReadTexts(Invocation& call, Texts& out) {
  std::optional<std::string_view> text;
  std::optional<std::string_view> other;
  if (!call.InputText(text) || !call.TextArgument(0, other)) return false;
  out.there = text && other;
  if (!out.there) return true;
  out.text = *text;
  out.other = *other;
  // To look for a long text in a longer one may take the product of both.
  return call.run().Charge(out.text.size() / 64 * (out.other.size() / 64));
}

bool Test(Invocation& call, bool (*test)(std::string_view text, std::string_view other), Collection& out) {
  Texts texts;
  if (!ReadTexts(call, texts)) return false;
  if (texts.there) out.Add(Item::Boolean(test(texts.text, texts.other)));
  return true;
}

bool PlaceOf(Invocation& call, bool last, Collection& out) {
  Texts texts;
  if (!ReadTexts(call, texts)) return false;
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

}  // namespace

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
  if (!ReadTexts(call, texts)) return false;
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
  if (!ReadTexts(call, texts) || !call.TextArgument(1, to)) return false;
  if (!texts.there || !to) return true;
  return call.AddText(ReplaceAll(texts.text, texts.other, *to, kMaxText), out);
}

}  // namespace throughline::path
