// Makes certificates for development and for tests: an authority, and what it signs. Private to this room and its
// tests.
#pragma once

#include <optional>
#include <string>

#include "certs/pem.h"

namespace throughline::certs {

struct Issued {
  Certificate certificate;
  Key key;
};

struct CertificateWish {
  std::string common_name;
  std::string alternative_names;  // as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1"; "" for none
  std::string usages;             // "serverAuth", "clientAuth"; "" leaves the extension out
  Instant from;
  Instant until;
};

// A new P-256 key with a certificate signed by `authority`; without one an authority that signs itself. kUnavailable:
// OpenSSL refused.
Result<Issued> IssueCertificate(const CertificateWish& wish, const Issued* authority);

// A revocation list of `authority` that names `revoked` (null: an empty list), as PEM.
Result<std::string> IssueRevocationList(const Issued& authority, const X509* revoked, Instant from, Instant until);

std::string PemOf(const X509* certificate);
std::string PemOf(const EVP_PKEY* key);

// Writes NAME.crt (0644) and NAME.key (0600) into the directory.
Result<void> Save(const Issued& issued, const std::string& directory, const std::string& name);

}  // namespace throughline::certs
