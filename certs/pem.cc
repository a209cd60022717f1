#include "certs/pem.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <fstream>
#include <iterator>

#include "certs/secret_file.h"

namespace throughline::certs {
namespace {

Error BadPem(const char* rule, const std::string& path, const char* text) {
  ERR_clear_error();
  return MakeError(ErrorKind::kInvalid, rule, path + ": " + text);
}

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return BadPem("tls-file", path, "cannot be read");
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) return BadPem("tls-file", path, "cannot be read");
  return bytes;
}

Bio OverBytes(const std::string& bytes) { return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size()))); }

// An encrypted key must not make OpenSSL ask the terminal.
int NoPassword(char*, int, int, void*) { return -1; }

}  // namespace

Result<std::vector<Certificate>> ReadCertificates(const std::string& path) {
  const auto bytes = ReadFile(path);
  if (!bytes) return bytes.error();
  const Bio bio = OverBytes(*bytes);
  std::vector<Certificate> certificates;
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, NoPassword, nullptr)) certificates.emplace_back(next);
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (certificates.empty() || !at_end)
    return BadPem("tls-pem", path, "holds no certificate in PEM form, or a broken one");
  return certificates;
}

Result<std::vector<RevocationList>> ReadRevocationLists(const std::string& path) {
  const auto bytes = ReadFile(path);
  if (!bytes) return bytes.error();
  const Bio bio = OverBytes(*bytes);
  std::vector<RevocationList> lists;
  while (X509_CRL* next = PEM_read_bio_X509_CRL(bio.get(), nullptr, NoPassword, nullptr)) lists.emplace_back(next);
  ERR_clear_error();
  if (lists.empty()) return BadPem("tls-crl", path, "holds no revocation list in PEM form");
  return lists;
}

Result<Key> ReadKey(const std::string& path) {
  auto bytes = ReadSecretFile(path);
  if (!bytes) return std::move(bytes).error();
  const Bio bio = OverBytes(*bytes);
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassword, nullptr));
  OPENSSL_cleanse(bytes->data(), bytes->size());
  if (!key) return BadPem("tls-key", path, "holds no private key in PEM form without a password");
  return key;
}

Validity ValidityAt(const X509* certificate, Instant when) {
  std::time_t seconds =
      std::chrono::system_clock::to_time_t(std::chrono::time_point_cast<std::chrono::system_clock::duration>(when));
  if (X509_cmp_time(X509_get0_notBefore(certificate), &seconds) > 0) return Validity::kNotYet;
  if (X509_cmp_time(X509_get0_notAfter(certificate), &seconds) < 0) return Validity::kOver;
  return Validity::kValid;
}

}  // namespace throughline::certs
