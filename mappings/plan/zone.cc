#include "mappings/plan/zone.h"

#include <unicode/basictz.h>
#include <unicode/timezone.h>
#include <unicode/tztrans.h>

#include <algorithm>
#include <memory>

namespace throughline::plan {
namespace {

constexpr double kMillis = 1000.0;
constexpr std::int64_t kFirst = -2208988800;  // 1900-01-01
constexpr std::int64_t kLast = 4102444800;    // 2100-01-01
constexpr std::size_t kMaxName = 64;

}  // namespace

std::optional<Zone> Zone::Find(std::string_view name) {
  if (name.empty() || name.size() > kMaxName) return std::nullopt;
  const icu::UnicodeString id = icu::UnicodeString::fromUTF8({name.data(), static_cast<int32_t>(name.size())});
  const std::unique_ptr<icu::TimeZone> found(icu::TimeZone::createTimeZone(id));
  const auto* rules = dynamic_cast<const icu::BasicTimeZone*>(found.get());
  if (rules == nullptr || *found == icu::TimeZone::getUnknown()) return std::nullopt;
  Zone zone;
  zone.name_ = name;
  UErrorCode status = U_ZERO_ERROR;
  int32_t raw = 0;
  int32_t saving = 0;
  found->getOffset(static_cast<double>(kFirst) * kMillis, false, raw, saving, status);
  if (U_FAILURE(status)) return std::nullopt;
  zone.changes_.push_back({kFirst, (raw + saving) / 1000});
  icu::TimeZoneTransition next;
  double at = static_cast<double>(kFirst) * kMillis;
  while (rules->getNextTransition(at, false, next) && next.getTime() < static_cast<double>(kLast) * kMillis) {
    at = next.getTime();
    const int32_t offset = next.getTo()->getRawOffset() + next.getTo()->getDSTSavings();
    zone.changes_.push_back({static_cast<std::int64_t>(at / kMillis), offset / 1000});
  }
  return zone;
}

WallAnswer Zone::FromWall(WallTime wall) const {
  const std::int64_t seconds = wall.time_since_epoch().count();
  const auto after = std::ranges::upper_bound(changes_, seconds, {}, &Change::start);
  const std::size_t near = static_cast<std::size_t>(after - changes_.begin());
  WallAnswer answer{.kind = WallKind::kGap, .offset = {}, .later = {}};
  // An offset is less than a day and changes are farther apart, so only the spans beside `near` can hold the time.
  for (std::size_t i = near < 2 ? 0 : near - 2; i < std::min(near + 2, changes_.size()); ++i) {
    const std::int64_t instant = seconds - changes_[i].offset;
    const bool begun = i == 0 || instant >= changes_[i].start;
    const bool over = i + 1 < changes_.size() && instant >= changes_[i + 1].start;
    if (!begun || over) continue;
    const std::chrono::seconds offset{changes_[i].offset};
    if (answer.kind == WallKind::kOnce) return {WallKind::kTwice, answer.offset, offset};
    answer = {WallKind::kOnce, offset, offset};
  }
  return answer;
}

std::chrono::seconds Zone::OffsetAt(std::chrono::sys_seconds instant) const {
  const auto after = std::ranges::upper_bound(changes_, instant.time_since_epoch().count(), {}, &Change::start);
  const auto at = after == changes_.begin() ? after : after - 1;
  return std::chrono::seconds{at->offset};
}

}  // namespace throughline::plan
