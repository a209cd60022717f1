#include "mappings/draft/codes.h"

#include <algorithm>

#include "mappings/draft/key.h"

namespace throughline::draft {
namespace {

constexpr std::size_t kMostCodes = 20;
constexpr std::size_t kLongestCode = 32;
constexpr std::size_t kLeastRecords = 3;        // of a short code
constexpr std::size_t kLeastRecordsOfText = 5;  // of what may be a word

bool IsDigit(char byte) { return byte >= '0' && byte <= '9'; }

// A code: letters of one size, digits and signs, four at most; anything else may be a word, or a name.
bool IsShort(std::string_view text) {
  return text.size() <= 4 && std::ranges::none_of(text, [](char byte) { return byte >= 'a' && byte <= 'z'; });
}

bool MayBeShown(std::string_view text) {
  if (text.size() > kLongestCode) return false;
  std::size_t run = 0;
  for (const char byte : text) {
    run = IsDigit(byte) ? run + 1 : 0;
    const bool control = static_cast<unsigned char>(byte) < 0x20;
    if (run > 4 || byte == '@' || control || byte == '#') return false;
  }
  return true;
}

// The field's own name, and the last of the groups around it: "carer.name", "patient.id".
bool IsKeptBack(const Node& node) {
  return IsAboutAPerson(node.path) || (IsIdentifier(node.name) && !node.name.ends_with("code"));
}

}  // namespace

Codes CodesOf(const Node& node, const Profile& profile) {
  const Values& values = node.values;
  Codes codes;
  const bool dates = std::ranges::any_of(values.dates, [](std::size_t count) { return count > 0; });
  const bool amounts = values.decimals > 0 || values.commas > 0 || values.booleans > 0;
  if (values.many || values.distinct.empty() || dates || amounts || IsKeptBack(node)) return codes;
  if (values.distinct.size() > kMostCodes || profile.records < kLeastRecords) return codes;
  std::size_t covered = 0;
  std::size_t skipped = 0;
  for (const auto& [text, count] : values.distinct) {
    if (!MayBeShown(text)) return {};
    // A number below zero is an amount, or a word for nothing.
    if (text.size() > 1 && text.front() == '-' && IsDigit(text[1])) {
      skipped += count.records;
      continue;
    }
    if (count.records < (IsShort(text) ? kLeastRecords : kLeastRecordsOfText)) {
      ++codes.rarer;
      continue;
    }
    codes.shown.emplace_back(text, count.records);
    covered += count.records;
  }
  if (codes.shown.empty()) return codes;
  // One word that comes again is a remark as well as a code.
  if (codes.shown.size() == 1 && !IsShort(codes.shown.front().first)) return {};
  // Of a field with many rare values the others are no codes either.
  if (covered * 10 < (std::min(values.values, profile.records) - skipped) * 7 || codes.rarer > codes.shown.size())
    return {};
  return codes;
}

}  // namespace throughline::draft
