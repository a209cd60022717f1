#include <algorithm>
#include <array>

#include "fhir/terminology/code_lists.h"
#include "fhir/terminology/external.h"

namespace throughline::terminology {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetterOrDigit(char c) { return IsLetter(c) || IsDigit(c); }
char Small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char Capital(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

// Formats of R4 by the names that its examples use. https://hl7.org/fhir/R4/http.html#mime-type
constexpr std::array<std::string_view, 4> kShortNames = {"json", "none", "ttl", "xml"};

// https://www.rfc-editor.org/rfc/rfc2045#section-5.1
bool IsTokenChar(char c) {
  return c > ' ' && c < 0x7F && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}

std::size_t TokenSize(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, IsTokenChar) - text.begin());
}

std::string_view WithoutSpace(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return text;
}

// Takes a token or a quoted text off the front; false when there is none.
bool TakeValue(std::string_view& text) {
  if (!text.starts_with('"')) {
    const std::size_t size = TokenSize(text);
    text.remove_prefix(size);
    return size > 0;
  }
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

bool TakeToken(std::string_view& text, char after) {
  const std::size_t size = TokenSize(text);
  if (size == 0 || size == text.size() || text[size] != after) {
    return false;
  }
  text.remove_prefix(size + 1);
  return true;
}

// The subtags of a language tag, one after the other.
class Subtags {
 public:
  explicit Subtags(std::string_view tag) : rest_(tag) { Next(); }

  std::string_view one() const { return one_; }
  bool done() const { return done_; }
  bool ok() const { return ok_; }

  void Next() {
    if (end_) {
      done_ = true;
      one_ = {};
      return;
    }
    const std::size_t dash = rest_.find('-');
    end_ = dash == std::string_view::npos;
    one_ = rest_.substr(0, dash);
    rest_ = end_ ? std::string_view() : rest_.substr(dash + 1);
    ok_ = ok_ && !one_.empty() && one_.size() <= 8 && std::ranges::all_of(one_, IsLetterOrDigit);
  }

  bool AreLetters(std::size_t size) const { return one_.size() == size && std::ranges::all_of(one_, IsLetter); }
  bool AreDigits(std::size_t size) const { return one_.size() == size && std::ranges::all_of(one_, IsDigit); }
  bool IsVariant() const { return one_.size() >= 5 || (one_.size() == 4 && IsDigit(one_.front())); }

 private:
  std::string_view rest_;
  std::string_view one_;
  bool end_ = false;
  bool done_ = false;
  bool ok_ = true;
};

template <typename Change>
bool IsListed(std::span<const std::string_view> list, std::string_view subtag, Change change) {
  std::array<char, 2> text{change(subtag[0]), change(subtag[1])};
  return std::ranges::binary_search(list, std::string_view(text.data(), text.size()));
}

// Kept for regions that are no country of today: exceptionally reserved, private or withdrawn.
constexpr auto kOtherRegions = std::to_array<std::string_view>({
    "AA", "AC", "AN", "BU", "CP", "CQ", "CS", "DD", "DG", "EA", "EU", "EZ", "FX",
    "IC", "NT", "SU", "TA", "TP", "UN", "XA", "XB", "XK", "YD", "YU", "ZR", "ZZ",
});

// Languages that have another code today.
constexpr auto kOldLanguages = std::to_array<std::string_view>({"in", "iw", "ji", "jw", "mo", "sh"});

bool IsKnownLanguage(std::string_view subtag) {
  return IsListed(TwoLetterLanguages(), subtag, Small) || IsListed(kOldLanguages, subtag, Small);
}

bool TakeLanguage(Subtags& tags) {
  const std::string_view one = tags.one();
  const bool known = tags.AreLetters(2) ? IsKnownLanguage(one) : tags.AreLetters(3);
  tags.Next();
  for (int i = 0; known && i < 3 && tags.AreLetters(3); ++i) {
    tags.Next();
  }
  return known;
}

bool TakeRegion(Subtags& tags) {
  if (tags.AreLetters(2)) {
    const bool known =
        IsListed(TwoLetterCountries(), tags.one(), Capital) || IsListed(kOtherRegions, tags.one(), Capital);
    tags.Next();
    return known;
  }
  if (tags.AreDigits(3)) {
    tags.Next();
  }
  return true;
}

// "-x-any-thing", "-u-ca-buddhist": one letter or digit and subtags of its own.
bool TakeExtensions(Subtags& tags) {
  while (!tags.done() && tags.one().size() == 1) {
    const bool private_use = Small(tags.one().front()) == 'x';
    const std::size_t shortest = private_use ? 1 : 2;
    std::size_t count = 0;
    for (tags.Next(); !tags.done() && tags.one().size() >= shortest; tags.Next()) {
      ++count;
    }
    if (count == 0) {
      return false;
    }
  }
  return tags.done();
}

constexpr auto kGrandfathered = std::to_array<std::string_view>({
    "art-lojban", "cel-gaulish", "en-GB-oed", "i-ami",      "i-bnn",     "i-default", "i-enochian",
    "i-hak",      "i-klingon",   "i-lux",     "i-mingo",    "i-navajo",  "i-pwn",     "i-tao",
    "i-tay",      "i-tsu",       "no-bok",    "no-nyn",     "sgn-BE-FR", "sgn-BE-NL", "sgn-CH-DE",
    "zh-guoyu",   "zh-hakka",    "zh-min",    "zh-min-nan", "zh-xiang",
});

}  // namespace

bool IsMimeType(std::string_view code) {
  if (!code.empty() && std::ranges::binary_search(kShortNames, code)) {
    return true;
  }
  if (!TakeToken(code, '/') || TokenSize(code) == 0) {
    return false;
  }
  code.remove_prefix(TokenSize(code));
  while (!(code = WithoutSpace(code)).empty()) {
    if (!code.starts_with(';')) {
      return false;
    }
    code = WithoutSpace(code.substr(1));
    if (!TakeToken(code, '=') || !TakeValue(code)) {
      return false;
    }
  }
  return true;
}

bool IsLanguageTag(std::string_view code) {
  Subtags tags(code);
  if (std::ranges::find(kGrandfathered, code) != kGrandfathered.end()) {
    return true;
  }
  if (tags.one().size() == 1) {
    return Small(tags.one().front()) == 'x' && TakeExtensions(tags) && tags.ok();
  }
  if (!TakeLanguage(tags)) {
    return false;
  }
  if (tags.AreLetters(4)) {
    tags.Next();
  }
  if (!TakeRegion(tags)) {
    return false;
  }
  while (!tags.done() && tags.IsVariant()) {
    tags.Next();
  }
  return TakeExtensions(tags) && tags.ok();
}

}  // namespace throughline::terminology
