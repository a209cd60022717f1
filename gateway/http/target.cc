#include "gateway/http/target.h"

#include <array>
#include <cstdint>

#include "gateway/http/text.h"

namespace throughline::http {
namespace {

constexpr Refusal kBadTarget{400, IssueType::kInvalid, "http-target", "the request target is not a valid URL path"};
constexpr Refusal kBadPath{400, IssueType::kInvalid, "http-path",
                           "a path segment must not encode a separator, a dot segment or a control character"};
constexpr Refusal kBadForm{400, IssueType::kInvalid, "http-parameters", "the parameters are not correctly encoded"};
constexpr Refusal kManyParameters{400, IssueType::kTooCostly, "http-parameters", "too many parameters"};

enum Allowed : std::uint8_t { kInPath = 1, kInQuery = 2 };

constexpr std::array<std::uint8_t, 256> MakeAllowed() {
  std::array<std::uint8_t, 256> table{};
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = kInPath | kInQuery;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = kInPath | kInQuery;
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = kInPath | kInQuery;
  for (const char c : std::string_view("-._~!$&'()*+,;=:@%/")) table[static_cast<std::uint8_t>(c)] = kInPath | kInQuery;
  for (const char c : std::string_view("?|")) table[static_cast<std::uint8_t>(c)] = kInQuery;
  return table;
}
constexpr auto kAllowed = MakeAllowed();

bool Holds(std::string_view text, Allowed where) {
  for (const char c : text) {
    if ((kAllowed[static_cast<std::uint8_t>(c)] & where) == 0) return false;
  }
  return true;
}

bool Decode(std::string_view text, bool plus_is_blank, std::string& out) {
  out.clear();
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return false;
      const int high = HexDigit(text[i + 1]);
      const int low = HexDigit(text[i + 2]);
      if (high < 0 || low < 0) return false;
      out += static_cast<char>(high << 4 | low);
      i += 2;
    }
  }
  return IsUtf8(out);
}

bool IsSafeSegment(std::string_view segment) {
  if (segment == "." || segment == "..") return false;
  for (const char c : segment) {
    if (c == '/' || c == '\\' || static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f) return false;
  }
  return true;
}

bool IsSafeParameter(std::string_view text) {
  for (const char c : text) {
    const bool control = static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f;
    if (control && c != '\t' && c != '\n' && c != '\r') return false;
  }
  return true;
}

std::optional<Refusal> SplitPath(std::string_view path, std::vector<std::string>& segments) {
  if (path.empty() || path.front() != '/') return kBadTarget;
  path.remove_prefix(1);
  while (true) {
    const std::size_t slash = path.find('/');
    std::string& segment = segments.emplace_back();
    if (!Decode(path.substr(0, slash), false, segment) || !IsSafeSegment(segment)) return kBadPath;
    if (slash == std::string_view::npos) return std::nullopt;
    path.remove_prefix(slash + 1);
  }
}

bool StartsWithScheme(std::string_view text, std::string_view scheme) {
  if (text.size() < scheme.size()) return false;
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + ('a' - 'A')) : text[i];
    if (c != scheme[i]) return false;
  }
  return true;
}

// Takes "http://authority" off the front; what is left begins with '/'.
bool TakeAuthority(std::string_view& text, std::string& authority) {
  for (const std::string_view scheme : {std::string_view("http://"), std::string_view("https://")}) {
    if (!StartsWithScheme(text, scheme)) continue;
    text.remove_prefix(scheme.size());
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0) return false;
    authority = text.substr(0, slash);
    text.remove_prefix(slash);
    return true;
  }
  return false;
}

// Bytes that may follow the first: its lowest and highest value; nothing for what cannot begin a character.
struct Follow {
  int count;
  std::uint8_t low;
  std::uint8_t high;
};

std::optional<Follow> FollowOf(std::uint8_t first) {
  if (first < 0x80) return Follow{0, 0, 0};
  if (first >= 0xc2 && first <= 0xdf) return Follow{1, 0x80, 0xbf};
  if (first == 0xe0) return Follow{2, 0xa0, 0xbf};
  if (first == 0xed) return Follow{2, 0x80, 0x9f};
  if (first >= 0xe1 && first <= 0xef) return Follow{2, 0x80, 0xbf};
  if (first == 0xf0) return Follow{3, 0x90, 0xbf};
  if (first >= 0xf1 && first <= 0xf3) return Follow{3, 0x80, 0xbf};
  if (first == 0xf4) return Follow{3, 0x80, 0x8f};
  return std::nullopt;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto follow = FollowOf(static_cast<std::uint8_t>(text[i]));
    if (!follow) return false;
    for (; follow->count > 0; --follow->count) {
      if (++i == text.size()) return false;
      const auto byte = static_cast<std::uint8_t>(text[i]);
      if (byte < follow->low || byte > follow->high) return false;
      follow->low = 0x80;
      follow->high = 0xbf;
    }
  }
  return true;
}

std::optional<Refusal> ParseForm(std::string_view text, std::size_t most, std::vector<Parameter>& parameters) {
  while (!text.empty()) {
    const std::size_t end = text.find('&');
    const std::string_view part = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const std::size_t equals = part.find('=');
    if (part.empty() || equals == 0) continue;
    if (parameters.size() == most) return kManyParameters;
    Parameter& parameter = parameters.emplace_back();
    const std::string_view value = equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    if (!Decode(part.substr(0, equals), true, parameter.name) || !Decode(value, true, parameter.value)) return kBadForm;
    if (!IsSafeParameter(parameter.name) || !IsSafeParameter(parameter.value)) return kBadForm;
  }
  return std::nullopt;
}

std::optional<Refusal> ParseTarget(std::string_view text, std::size_t most_parameters, Target& target) {
  if (!text.empty() && text.front() != '/' && !TakeAuthority(text, target.authority)) return kBadTarget;
  const std::size_t question = text.find('?');
  const std::string_view path = text.substr(0, question);
  const std::string_view query = question == std::string_view::npos ? std::string_view() : text.substr(question + 1);
  if (!Holds(path, kInPath) || !Holds(query, kInQuery)) return kBadTarget;
  if (auto refusal = SplitPath(path, target.segments)) return refusal;
  return ParseForm(query, most_parameters, target.query);
}

}  // namespace throughline::http
