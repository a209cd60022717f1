#include "certs/ids.h"

#include <algorithm>

#include "certs/random.h"

namespace throughline::certs {
namespace {

void AddPart(Sha256& hash, std::string_view part) { hash.Update(std::to_string(part.size())).Update(":").Update(part); }

}  // namespace

std::string HmacIdSource::Fresh() { return RandomUuid(); }

std::string HmacIdSource::ForKey(std::string_view map, std::string_view key, std::string_view name) const {
  Digest digest = key_.Sign({"id", map, key, name});
  digest[0] &= 0x7f;
  std::string id = ToBase64Url(digest);
  std::replace(id.begin(), id.end(), '_', '.');
  return id;
}

std::string NameIdSource::Fresh() { return RandomUuid(); }

std::string NameIdSource::ForKey(std::string_view map, std::string_view key, std::string_view name) const {
  Sha256 hash;
  for (const std::string_view part : {map, key, name}) AddPart(hash, part);
  Digest digest = hash.Finish();
  digest[6] = static_cast<std::uint8_t>((digest[6] & 0x0f) | 0x80);
  digest[8] = static_cast<std::uint8_t>((digest[8] & 0x3f) | 0x80);
  std::string text = ToHex(std::span(digest).first(16));
  for (const std::size_t place : {8u, 13u, 18u, 23u}) text.insert(place, 1, '-');
  return text;
}

}  // namespace throughline::certs
