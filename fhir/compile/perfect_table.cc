#include "fhir/compile/perfect_table.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace throughline::compile {
namespace {

constexpr std::uint32_t kRowsPerBucket = 3;
constexpr std::uint32_t kMostSeeds = 1'000'000;

using Bucket = std::vector<KeyedRow>;

std::vector<Bucket> IntoBuckets(std::span<const KeyedRow> rows, std::uint32_t count) {
  std::vector<Bucket> buckets(count);
  for (const KeyedRow& row : rows) {
    buckets[blob::BucketOf(row.hash, count)].push_back(row);
  }
  return buckets;
}

// Puts the rows of a bucket into free slots; false when the seed makes two of them meet.
bool Place(const Bucket& bucket, std::uint32_t seed, std::vector<std::uint32_t>& slots) {
  for (std::size_t i = 0; i < bucket.size(); ++i) {
    const std::uint32_t slot = blob::SlotOf(bucket[i].hash, seed, static_cast<std::uint32_t>(slots.size()));
    if (slots[slot] == blob::kNone) {
      slots[slot] = bucket[i].row;
      continue;
    }
    while (i-- > 0) {
      slots[blob::SlotOf(bucket[i].hash, seed, static_cast<std::uint32_t>(slots.size()))] = blob::kNone;
    }
    return false;
  }
  return true;
}

}  // namespace

Result<PerfectTable> BuildPerfectTable(std::span<const KeyedRow> rows) {
  const auto count = static_cast<std::uint32_t>(rows.size());
  PerfectTable table;
  table.seeds.assign(count / kRowsPerBucket + 1, 0);
  table.slots.assign(count + count / 4 + 1, blob::kNone);
  const auto buckets = IntoBuckets(rows, static_cast<std::uint32_t>(table.seeds.size()));
  std::vector<std::size_t> order(buckets.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t bucket) { return buckets[bucket].size(); });
  for (const std::size_t bucket : order) {
    std::uint32_t seed = 0;
    while (seed < kMostSeeds && !Place(buckets[bucket], seed, table.slots)) {
      ++seed;
    }
    if (seed == kMostSeeds) {
      return MakeError(ErrorKind::kInvalid, "definitions-hash", "two keys of a table have the same hash");
    }
    table.seeds[bucket] = seed;
  }
  return table;
}

}  // namespace throughline::compile
