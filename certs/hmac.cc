#include "certs/hmac.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstdlib>
#include <utility>

#include "certs/random.h"
#include "certs/secret_file.h"

namespace throughline::certs {
namespace {

constexpr std::size_t kLeastKeyBytes = 32;
constexpr std::size_t kMostKeyBytes = 1024;

struct FreeMac {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeMac>;

void Require(bool ok) {
  if (!ok) std::abort();
}

void Add(EVP_MAC_CTX* context, std::string_view bytes) {
  Require(EVP_MAC_update(context, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1);
}

Digest Finish(EVP_MAC_CTX* context) {
  Digest digest;
  std::size_t size = 0;
  Require(EVP_MAC_final(context, digest.data(), &size, digest.size()) == 1);
  return digest;
}

void AddLength(EVP_MAC_CTX* context, std::size_t length) {
  char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(length >> (56 - 8 * i) & 255);
  Add(context, {bytes, sizeof bytes});
}

std::string_view WithoutWhiteSpaceAtTheEnd(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

}  // namespace

// A context that has the key already: each signature starts from a copy of it.
struct HmacKey::Secret {
  MacContext keyed;
};

HmacKey::HmacKey(std::unique_ptr<const Secret> secret) : secret_(std::move(secret)) {}
HmacKey::HmacKey(HmacKey&&) noexcept = default;
HmacKey& HmacKey::operator=(HmacKey&&) noexcept = default;
HmacKey::~HmacKey() = default;

Result<HmacKey> HmacKey::FromBytes(std::string_view bytes) {
  if (bytes.size() < kLeastKeyBytes || bytes.size() > kMostKeyBytes) {
    return MakeError(ErrorKind::kInvalid, "key-size", "a secret key has 32 to 1024 bytes");
  }
  const std::unique_ptr<EVP_MAC, FreeMac> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  Require(mac != nullptr);
  MacContext context(EVP_MAC_CTX_new(mac.get()));
  Require(context != nullptr);
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                   OSSL_PARAM_construct_end()};
  const auto* key = reinterpret_cast<const unsigned char*>(bytes.data());
  Require(EVP_MAC_init(context.get(), key, bytes.size(), parameters) == 1);
  auto secret = std::make_unique<Secret>();
  secret->keyed = std::move(context);
  return HmacKey(std::move(secret));
}

HmacKey HmacKey::Random() {
  std::uint8_t bytes[kLeastKeyBytes];
  FillRandom(bytes);
  auto key = FromBytes({reinterpret_cast<const char*>(bytes), sizeof bytes});
  OPENSSL_cleanse(bytes, sizeof bytes);
  return std::move(*key);
}

Result<HmacKey> HmacKey::Load(const std::string& path) {
  auto text = ReadSecretFile(path);
  if (!text) return std::move(text).error();
  auto bytes = FromHex(WithoutWhiteSpaceAtTheEnd(*text));
  OPENSSL_cleanse(text->data(), text->size());
  if (!bytes) return MakeError(ErrorKind::kInvalid, "key-text", path + ": a key file holds hexadecimal digits only");
  auto key = FromBytes(*bytes);
  OPENSSL_cleanse(bytes->data(), bytes->size());
  if (!key)
    return MakeError(ErrorKind::kInvalid, "key-size", path + ": a key file holds 64 to 2048 hexadecimal digits");
  return key;
}

Result<HmacKey> HmacKey::LoadOrMake(const std::string& path) {
  auto key = Load(path);
  if (key || key.error().kind != ErrorKind::kNotFound) return key;
  std::string text = RandomHex(kLeastKeyBytes) + "\n";
  auto written = WriteSecretFile(path, text);
  OPENSSL_cleanse(text.data(), text.size());
  if (!written) return std::move(written).error();
  return Load(path);
}

Digest HmacKey::Sign(std::string_view message) const {
  const MacContext context(EVP_MAC_CTX_dup(secret_->keyed.get()));
  Require(context != nullptr);
  Add(context.get(), message);
  return Finish(context.get());
}

Digest HmacKey::Sign(std::initializer_list<std::string_view> parts) const {
  const MacContext context(EVP_MAC_CTX_dup(secret_->keyed.get()));
  Require(context != nullptr);
  for (const std::string_view part : parts) {
    AddLength(context.get(), part.size());
    Add(context.get(), part);
  }
  return Finish(context.get());
}

}  // namespace throughline::certs
