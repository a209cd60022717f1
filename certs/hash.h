// SHA-256, and the texts that hashes are written as.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace throughline::certs {

using Digest = std::array<std::uint8_t, 32>;

// A hash taken piece by piece. Not safe from several threads.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept = default;
  Sha256& operator=(Sha256&&) noexcept = default;
  ~Sha256() = default;

  Sha256& Update(std::string_view bytes);
  Sha256& Update(std::span<const std::uint8_t> bytes);
  Digest Finish();  // the hash of everything since the start or the last Finish()

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

Digest HashOf(std::string_view bytes);

std::string ToHex(std::span<const std::uint8_t> bytes);           // lower case
std::optional<std::string> FromHex(std::string_view text);        // either case; nothing when malformed
std::optional<Digest> DigestFromHex(std::string_view text);       // exactly 64 hexadecimal digits
std::string ToBase64Url(std::span<const std::uint8_t> bytes);     // RFC 4648 section 5, without padding
std::string ToBase64(std::string_view bytes);                     // RFC 4648 section 4, with padding
bool SameInConstantTime(std::string_view a, std::string_view b);  // false at once when the lengths differ

}  // namespace throughline::certs
