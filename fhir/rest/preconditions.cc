#include "fhir/rest/preconditions.h"

#include <algorithm>
#include <charconv>

namespace throughline::rest {
namespace {

constexpr std::size_t kMaxTags = 32;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

Error BadTag() {
  return MakeError(ErrorKind::kInvalid, "etag", "the header must be a list of entity tags such as W/\"3\", or *");
}

}  // namespace

std::string ETag(std::int64_t version) { return "W/\"" + std::to_string(version) + "\""; }

std::optional<std::int64_t> ParseETag(std::string_view text) {
  if (text.starts_with("W/")) text.remove_prefix(2);
  if (text.size() < 3 || text.front() != '"' || text.back() != '"') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  const bool plain = text.front() >= '1' && text.front() <= '9';
  if (error != std::errc() || end != text.data() + text.size() || !plain) return std::nullopt;
  return version;
}

bool VersionSet::Holds(std::optional<std::int64_t> current) const {
  if (!current) return false;
  return any || std::ranges::find(versions, *current) != versions.end();
}

Result<VersionSet> ParseVersionSet(std::string_view header) {
  VersionSet set;
  if (Trim(header) == "*") {
    set.any = true;
    return set;
  }
  while (true) {
    const std::size_t comma = header.find(',');
    const std::optional<std::int64_t> version = ParseETag(Trim(header.substr(0, comma)));
    if (!version || set.versions.size() == kMaxTags) return BadTag();
    set.versions.push_back(*version);
    if (comma == std::string_view::npos) return set;
    header.remove_prefix(comma + 1);
  }
}

Result<void> CheckIfMatch(std::string_view header, std::optional<std::int64_t> current) {
  const Result<VersionSet> wanted = ParseVersionSet(header);
  if (!wanted) return wanted.error();
  if (wanted->Holds(current)) return {};
  return MakeError(ErrorKind::kPrecondition, "version-conflict",
                   "the version named by If-Match is not the current one: read the resource again");
}

Result<bool> NotModified(std::string_view header, std::int64_t current) {
  const Result<VersionSet> known = ParseVersionSet(header);
  if (!known) return known.error();
  return known->Holds(current);
}

}  // namespace throughline::rest
