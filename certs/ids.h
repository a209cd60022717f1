// Where resource ids come from (fhir/base/id_source.h).
#pragma once

#include <string>
#include <string_view>

#include "certs/hmac.h"
#include "fhir/base/id_source.h"

namespace throughline::certs {

// The gateway's ids. ForKey: keyed, so that nobody without the key can find a hospital number by trying (43 characters:
// 255 bits of HMAC-SHA256 in base 64 URL with '.' for '_'; the first is a letter, so that a command never takes an id
// for an option). Fresh: a random UUID. Safe from several threads.
class HmacIdSource final : public IdSource {
 public:
  explicit HmacIdSource(HmacKey key) : key_(std::move(key)) {}
  std::string Fresh() override;
  std::string ForKey(std::string_view map, std::string_view key, std::string_view name) const override;

 private:
  HmacKey key_;
};

// The command line's ids, which need no key: UUIDs of version 8 (RFC 9562) over SHA-256 of the three
// words. Fresh: a random UUID. Safe from several threads.
class NameIdSource final : public IdSource {
 public:
  std::string Fresh() override;
  std::string ForKey(std::string_view map, std::string_view key, std::string_view name) const override;
};

}  // namespace throughline::certs
