// PEM files as OpenSSL objects. Private to this room.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "fhir/base/clock.h"
#include "fhir/base/result.h"

namespace throughline::certs {

struct FreeOpenSsl {
  void operator()(X509* it) const { X509_free(it); }
  void operator()(X509_CRL* it) const { X509_CRL_free(it); }
  void operator()(EVP_PKEY* it) const { EVP_PKEY_free(it); }
  void operator()(BIO* it) const { BIO_free(it); }
};
using Certificate = std::unique_ptr<X509, FreeOpenSsl>;
using RevocationList = std::unique_ptr<X509_CRL, FreeOpenSsl>;
using Key = std::unique_ptr<EVP_PKEY, FreeOpenSsl>;
using Bio = std::unique_ptr<BIO, FreeOpenSsl>;

// All of a file, at least one. kInvalid: unreadable or not PEM, in a sentence with the path.
Result<std::vector<Certificate>> ReadCertificates(const std::string& path);
Result<std::vector<RevocationList>> ReadRevocationLists(const std::string& path);
// By the rules of secret_file.h; encrypted keys are refused.
Result<Key> ReadKey(const std::string& path);

enum class Validity : unsigned char { kNotYet, kValid, kOver };
Validity ValidityAt(const X509* certificate, Instant when);

}  // namespace throughline::certs
