#include "fhir/base/shown.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace throughline {
namespace {

// A code point and how many bytes it takes; 0 bytes: what stands there is no UTF-8.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;
};

// The first of a non-empty text. https://www.unicode.org/versions/latest/core-spec/chapter-3/ table 3-7
CodePoint FirstOf(std::string_view text) {
  constexpr std::array<char32_t, 5> kLowest = {0, 0, 0x80, 0x800, 0x10000};
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  char32_t value = lead & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return {};
    value = value << 6 | (next & 0x3F);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  return surrogate || value < kLowest[bytes] || value > 0x10FFFF ? CodePoint{} : CodePoint{value, bytes};
}

bool IsActedOn(char32_t value) {
  return value < 0x20 || (value >= 0x7F && value <= 0x9F) || (value >= 0x202A && value <= 0x202E) ||
         (value >= 0x2066 && value <= 0x2069);
}

void AppendEscape(char kind, std::uint32_t value, int digits, std::string& out) {
  out.append({'\\', kind});
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out.push_back("0123456789abcdef"[value >> shift & 0xF]);
}

std::string ShownAs(std::string_view text, bool lines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint first = FirstOf(text);
    const bool kept = lines && (first.value == '\n' || first.value == '\t');
    if (first.bytes == 0) {
      AppendEscape('x', static_cast<unsigned char>(text.front()), 2, out);
    } else if (!kept && IsActedOn(first.value)) {
      AppendEscape('u', first.value, 4, out);
    } else {
      out.append(text, 0, first.bytes);
    }
    text.remove_prefix(first.bytes == 0 ? 1 : first.bytes);
  }
  return out;
}

// Where the line of a file and its mark begin: the last two lines.
std::size_t MarkIn(std::string_view text) {
  if (!text.ends_with('^')) return text.size();
  const std::size_t mark = text.rfind("\n  ");
  if (mark == std::string_view::npos || mark == 0) return text.size();
  const std::size_t line = text.rfind('\n', mark - 1);
  return line != std::string_view::npos && text.substr(line).starts_with("\n  ") ? line : text.size();
}

}  // namespace

std::string ShownLines(std::string_view text) { return ShownAs(text, true); }

std::string ShownLine(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return ShownAs(text, false);
}

std::string ShownIssue(const Issue& issue) {
  const std::string_view text = issue.text;
  const std::size_t mark = MarkIn(text);
  std::string out = ShownLine(text.substr(0, mark));
  if (!issue.rule.empty()) out.append(" [").append(ShownLine(issue.rule)).append("]");
  return out + ShownLines(text.substr(mark));
}

}  // namespace throughline
