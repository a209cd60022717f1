// The chain that makes tampering visible: h(n) = SHA-256(h(n-1) || canonical(row n)).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "gateway/audit/row.h"

namespace throughline::audit {

using Hash = std::array<std::uint8_t, 32>;

// What the first row is chained to.
inline constexpr Hash kGenesis{};

// The bytes that are stored and hashed: JSON with a fixed order of members, its number in the log first. Empty members
// are left out.
std::string Canonical(std::uint64_t sequence, const Row& row);

// The row that Canonical() wrote. kInvalid: these bytes were not written by it.
Result<Row> ParseCanonical(std::string_view bytes, std::uint64_t& sequence);

Hash Seal(const Hash& previous, std::string_view canonical);

// Goes along a log, row by row from sequence `first` on.
class ChainCheck {
 public:
  // `previous`: the hash of the row before `first`.
  explicit ChainCheck(std::uint64_t first = 1, const Hash& previous = kGenesis)
      : expected_(first), previous_(previous) {}

  // False from the first row on that is out of order, was changed, or is not chained to the one before.
  bool Next(std::uint64_t sequence, std::string_view canonical, std::string_view hash);

  std::optional<std::uint64_t> first_bad() const { return first_bad_; }
  std::uint64_t checked() const { return checked_; }
  const Hash& head() const { return previous_; }

 private:
  std::uint64_t expected_;
  Hash previous_;
  std::uint64_t checked_ = 0;
  std::optional<std::uint64_t> first_bad_;
};

// A point of the chain that is kept outside the store: a log that was cut short, or swapped for an older one, does not
// reach it any more.
struct Checkpoint {
  std::uint64_t sequence = 0;  // 0: before the first row
  Hash hash = kGenesis;
  Instant recorded;
};

// One line of JSON. kInvalid: not a line that WriteCheckpoint() made.
std::string WriteCheckpoint(const Checkpoint& checkpoint);
Result<Checkpoint> ParseCheckpoint(std::string_view line);

std::string ToHex(const Hash& hash);

}  // namespace throughline::audit
