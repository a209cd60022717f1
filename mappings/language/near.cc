#include "mappings/language/near.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace throughline::language {
namespace {

constexpr std::size_t kMostWrong = 2;
constexpr std::size_t kShortest = 12;

std::string Plain(std::string_view url) {
  url = url.substr(0, url.find('|'));
  std::string plain(url);
  std::ranges::transform(plain, plain.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (plain.starts_with("https:")) plain.erase(4, 1);
  while (plain.ends_with('/')) plain.pop_back();
  return plain;
}

std::string DigitsOf(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

// How many letters are wrong; more than kMostWrong: too many.
std::size_t WrongLetters(std::string_view a, std::string_view b) {
  const std::size_t difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (difference > kMostWrong) return difference;
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

bool IsOfHl7(std::string_view plain) {
  const std::size_t start = plain.find("//");
  if (start == std::string_view::npos) return false;
  const std::string_view host = plain.substr(start + 2, plain.find('/', start + 2) - start - 2);
  return host == "hl7.org" || host.ends_with(".hl7.org");
}

// "actcode" of ".../v3/ActCode" and ".../CodeSystem/v3-ActCode".
std::string_view LastPart(std::string_view plain) {
  std::string_view part = plain.substr(plain.rfind('/') + 1);
  if (part.starts_with("v3-") || part.starts_with("v2-")) part.remove_prefix(3);
  return part;
}

}  // namespace

std::string_view NearestUrl(std::string_view url, std::span<const std::string_view> known) {
  const std::string written = Plain(url);
  if (written.size() < kShortest || !written.starts_with("http")) return {};
  std::string_view nearest;
  std::size_t best = kMostWrong + 1;
  for (const std::string_view candidate : known) {
    const std::string plain = Plain(candidate);
    if (plain == written) return candidate;
    const bool same_part = IsOfHl7(plain) && IsOfHl7(written) && LastPart(plain) == LastPart(written);
    const std::size_t wrong = same_part ? kMostWrong : WrongLetters(written, plain);
    if (wrong >= best || (!same_part && DigitsOf(plain) != DigitsOf(written))) continue;
    best = wrong;
    nearest = candidate;
  }
  return nearest;
}

}  // namespace throughline::language
