#include "gateway/config/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace throughline::config {
namespace {

struct UnitRow {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array kByteUnits = {UnitRow{"", 1}, UnitRow{"KiB", 1u << 10}, UnitRow{"MiB", 1u << 20},
                                   UnitRow{"GiB", 1u << 30}};
constexpr std::array kTimeUnits = {UnitRow{"ms", 1}, UnitRow{"s", 1000}, UnitRow{"min", 60'000},
                                   UnitRow{"h", 3'600'000}};

constexpr std::uint64_t kLargest = std::uint64_t{1} << 40;

// Digits and one of the units.
std::optional<std::uint64_t> ReadWithUnit(std::string_view text, std::span<const UnitRow> units) {
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number == 0 || number > kLargest) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(rest - text.data()));
  const auto row = std::ranges::find(units, unit, &UnitRow::name);
  if (row == units.end() || number > kLargest / row->factor) return std::nullopt;
  return number * row->factor;
}

std::optional<std::uint16_t> ReadPort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return port;
}

bool IsHostCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-';
}

bool IsIpv6Character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

}  // namespace

std::optional<Address> ReadAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::optional<std::uint16_t> port = ReadPort(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  const bool ipv6 = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (ipv6) host = host.substr(1, host.size() - 2);
  const bool plain = std::ranges::all_of(host, ipv6 ? IsIpv6Character : IsHostCharacter);
  if (!port || host.empty() || !plain) return std::nullopt;
  return Address{std::string(host), *port};
}

bool Address::loopback() const {
  if (host == "localhost" || host == "::1") return true;
  const bool digits = std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  return digits && host.starts_with("127.");
}

std::optional<std::size_t> ReadCount(std::string_view text) { return ReadWithUnit(text, std::array{UnitRow{"", 1}}); }

std::optional<std::size_t> ReadBytes(std::string_view text) { return ReadWithUnit(text, kByteUnits); }

std::optional<std::chrono::milliseconds> ReadDuration(std::string_view text) {
  const std::optional<std::uint64_t> value = ReadWithUnit(text, kTimeUnits);
  if (!value) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(*value));
}

bool IsPlainText(std::string_view text) {
  return !text.empty() && std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace throughline::config
