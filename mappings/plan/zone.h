// A time zone as a table of changes: local wall time <-> UTC, gaps and overlaps said.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace throughline::plan {

using WallTime = std::chrono::local_seconds;

enum class WallKind : std::uint8_t { kOnce, kGap, kTwice };

struct WallAnswer {
  WallKind kind = WallKind::kOnce;
  std::chrono::seconds offset{0};  // from UTC; of the first of two; of nothing in a gap
  std::chrono::seconds later{0};   // of the second of two
};

// Immutable, safe from several threads. Knows 1900 to 2100; before and after, the nearest known offset holds.
class Zone {
 public:
  // By its IANA name ("America/Santiago"); nothing when there is no such zone.
  static std::optional<Zone> Find(std::string_view name);

  const std::string& name() const { return name_; }
  WallAnswer FromWall(WallTime wall) const;
  std::chrono::seconds OffsetAt(std::chrono::sys_seconds instant) const;

 private:
  struct Change {
    std::int64_t start;   // seconds of UTC
    std::int32_t offset;  // seconds
  };
  std::string name_;
  std::vector<Change> changes_;
};

}  // namespace throughline::plan
