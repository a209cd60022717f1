// Reading rows out of a blob whose bounds were checked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "fhir/definitions/blob.h"

namespace throughline::definitions::blob {

inline const Header& HeaderOf(std::span<const std::byte> blob) { return *reinterpret_cast<const Header*>(blob.data()); }

template <typename Row>
std::span<const Row> Rows(std::span<const std::byte> blob, Section section) {
  const Span span = HeaderOf(blob).sections[section];
  return {reinterpret_cast<const Row*>(blob.data() + span.offset), span.count};
}

inline std::string_view TextOf(std::span<const std::byte> blob, Text text) {
  const Span span = HeaderOf(blob).sections[kText];
  return {reinterpret_cast<const char*>(blob.data() + span.offset + text.offset), text.size};
}

// The row where a key with this hash can be; kNone when there is none. The caller compares the key.
inline std::uint32_t Probe(std::span<const std::byte> blob, Section seeds, std::uint64_t hash) {
  const auto seed_rows = Rows<std::uint32_t>(blob, seeds);
  const auto slot_rows = Rows<std::uint32_t>(blob, static_cast<Section>(seeds + 1));
  if (slot_rows.empty() || seed_rows.empty()) {
    return kNone;
  }
  const std::uint32_t seed = seed_rows[BucketOf(hash, static_cast<std::uint32_t>(seed_rows.size()))];
  return slot_rows[SlotOf(hash, seed, static_cast<std::uint32_t>(slot_rows.size()))];
}

// What the header's fingerprint was made from.
std::uint64_t FingerprintOf(std::span<const std::byte> blob);

// True when every section, text and index of the blob stays inside it.
bool IsSound(std::span<const std::byte> blob);
// The part of it for the sections of terminology_rows.h; the bounds of the sections themselves are known to hold.
bool IsTerminologySound(std::span<const std::byte> blob);

}  // namespace throughline::definitions::blob
