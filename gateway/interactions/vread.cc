#include "gateway/interactions/vread.h"

#include <charconv>
#include <optional>

#include "gateway/interactions/body_rules.h"
#include "gateway/interactions/refuse.h"
#include "gateway/interactions/write_resource.h"

namespace throughline::interactions {
namespace {

// As versions are written: digits without a sign or leading zeros.
std::optional<std::int64_t> VersionOf(std::string_view text) {
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc{} || end != text.data() + text.size() || text.front() < '1' || text.front() > '9') {
    return std::nullopt;
  }
  return version;
}

}  // namespace

Result<Resource> VRead(const Services& services, const consent::Requester& requester, std::string_view type,
                       std::string_view id, std::string_view version) {
  const auto number = version.empty() ? std::nullopt : VersionOf(version);
  if (number && IsId(id)) return ReadVersion(services, requester, {std::string(type), std::string(id)}, *number);
  return Refuse(services, RowFor(requester, audit::Kind::kVRead, std::string(type)), NotThere());
}

}  // namespace throughline::interactions
