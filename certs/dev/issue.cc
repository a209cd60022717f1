#include "certs/dev/issue.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <fstream>

#include "certs/random.h"
#include "certs/secret_file.h"

namespace throughline::certs {
namespace {

Error NotIssued() {
  ERR_clear_error();
  return MakeError(ErrorKind::kUnavailable, "dev-certificate", "OpenSSL could not make a certificate");
}

std::time_t SecondsOf(Instant instant) {
  return std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(instant));
}

bool SetSerial(X509* certificate) {
  std::array<std::uint8_t, 16> bytes;
  FillRandom(bytes);
  bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x3f) | 0x40);
  BIGNUM* number = BN_bin2bn(bytes.data(), bytes.size(), nullptr);
  const bool set = number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return set;
}

bool SetName(X509_NAME* name, const std::string& common_name) {
  const auto add = [name](const char* field, const std::string& text) {
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.c_str()),
                                      -1, -1, 0) == 1;
  };
  return add("O", "Throughline development") && add("CN", common_name);
}

bool AddExtension(X509* certificate, X509* authority, int nid, const std::string& value) {
  if (value.empty()) return true;
  X509V3_CTX context;
  X509V3_set_ctx(&context, authority, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

bool AddExtensions(X509* certificate, X509* authority, const CertificateWish& wish) {
  const bool is_authority = certificate == authority;
  return AddExtension(certificate, authority, NID_basic_constraints,
                      is_authority ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE") &&
         AddExtension(certificate, authority, NID_key_usage,
                      is_authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature") &&
         AddExtension(certificate, authority, NID_subject_key_identifier, "hash") &&
         AddExtension(certificate, authority, NID_authority_key_identifier, is_authority ? "" : "keyid") &&
         AddExtension(certificate, authority, NID_ext_key_usage, wish.usages) &&
         AddExtension(certificate, authority, NID_subject_alt_name, wish.alternative_names);
}

std::string TextOf(const Bio& bio) {
  const char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

Result<Issued> IssueCertificate(const CertificateWish& wish, const Issued* authority) {
  Issued issued{Certificate(X509_new()), Key(EVP_EC_gen("P-256"))};
  X509* const certificate = issued.certificate.get();
  if (certificate == nullptr || !issued.key) return NotIssued();
  X509* const issuer = authority == nullptr ? certificate : authority->certificate.get();
  EVP_PKEY* const signer = authority == nullptr ? issued.key.get() : authority->key.get();
  const bool made = X509_set_version(certificate, X509_VERSION_3) == 1 && SetSerial(certificate) &&
                    SetName(X509_get_subject_name(certificate), wish.common_name) &&
                    X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
                    ASN1_TIME_set(X509_getm_notBefore(certificate), SecondsOf(wish.from)) != nullptr &&
                    ASN1_TIME_set(X509_getm_notAfter(certificate), SecondsOf(wish.until)) != nullptr &&
                    X509_set_pubkey(certificate, issued.key.get()) == 1 && AddExtensions(certificate, issuer, wish) &&
                    X509_sign(certificate, signer, EVP_sha256()) != 0;
  if (!made) return NotIssued();
  return issued;
}

Result<std::string> IssueRevocationList(const Issued& authority, const X509* revoked, Instant from, Instant until) {
  const RevocationList list(X509_CRL_new());
  ASN1_TIME* const start = ASN1_TIME_set(nullptr, SecondsOf(from));
  ASN1_TIME* const end = ASN1_TIME_set(nullptr, SecondsOf(until));
  bool made = list && X509_CRL_set_version(list.get(), X509_CRL_VERSION_2) == 1 &&
              X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(authority.certificate.get())) == 1 &&
              X509_CRL_set1_lastUpdate(list.get(), start) == 1 && X509_CRL_set1_nextUpdate(list.get(), end) == 1;
  if (made && revoked != nullptr) {
    X509_REVOKED* entry = X509_REVOKED_new();
    made = X509_REVOKED_set_serialNumber(entry, const_cast<ASN1_INTEGER*>(X509_get0_serialNumber(revoked))) == 1 &&
           X509_REVOKED_set_revocationDate(entry, start) == 1 && X509_CRL_add0_revoked(list.get(), entry) == 1;
  }
  made = made && X509_CRL_sort(list.get()) == 1 && X509_CRL_sign(list.get(), authority.key.get(), EVP_sha256()) != 0;
  ASN1_TIME_free(start);
  ASN1_TIME_free(end);
  if (!made) return NotIssued();
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_CRL(bio.get(), list.get());
  return TextOf(bio);
}

std::string PemOf(const X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return TextOf(bio);
}

std::string PemOf(const EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return TextOf(bio);
}

Result<void> Save(const Issued& issued, const std::string& directory, const std::string& name) {
  const std::string path = directory + "/" + name;
  if (auto written = WriteSecretFile(path + ".key", PemOf(issued.key.get())); !written) return written;
  std::ofstream file(path + ".crt", std::ios::binary | std::ios::trunc);
  file << PemOf(issued.certificate.get());
  file.close();
  if (!file) return MakeError(ErrorKind::kUnavailable, "dev-certificate", path + ".crt: cannot be written");
  return {};
}

}  // namespace throughline::certs
