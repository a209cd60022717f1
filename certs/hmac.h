// HMAC-SHA256 (RFC 2104) with a key that never leaves this room.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "certs/hash.h"
#include "fhir/base/result.h"

namespace throughline::certs {

// A secret key of 32 to 1024 bytes. Immutable; safe from several threads. The bytes are wiped when it goes.
class HmacKey {
 public:
  // From a file of the rules of secret_file.h that holds 64 or more hexadecimal digits (white space at the end is
  // fine). kInvalid: permissions, size or text are wrong; kNotFound: no such file.
  static Result<HmacKey> Load(const std::string& path);
  // Load(), or a new random key written to `path` when there is no such file.
  static Result<HmacKey> LoadOrMake(const std::string& path);
  static HmacKey Random();
  // kInvalid when shorter than 32 bytes or longer than 1024.
  static Result<HmacKey> FromBytes(std::string_view bytes);

  HmacKey(HmacKey&&) noexcept;
  HmacKey& operator=(HmacKey&&) noexcept;
  ~HmacKey();

  Digest Sign(std::string_view message) const;
  // Each part goes in with its length before it, so that ("ab","c") and ("a","bc") differ.
  Digest Sign(std::initializer_list<std::string_view> parts) const;

 private:
  struct Secret;
  explicit HmacKey(std::unique_ptr<const Secret> secret);
  std::unique_ptr<const Secret> secret_;
};

}  // namespace throughline::certs
