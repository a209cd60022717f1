// TLS of the server side: what an SSL_CTX must look like, and who the peer of a connection is.
// RFC 9325; threats.md table B. Nothing here throws.
#pragma once

#include <string>
#include <vector>

#include "fhir/base/clock.h"
#include "fhir/base/result.h"

struct ssl_ctx_st;
struct x509_st;

namespace throughline::certs {

// Paths of PEM files; an empty path means "none".
struct TlsFiles {
  std::string certificate;  // the server's, with its intermediates
  std::string key;          // a secret file (secret_file.h), not encrypted
  std::string client_ca;    // whom clients' certificates must come from; without it no client certificate is asked for
  std::string crl;          // revocation lists of every CA in `client_ca`'s chains; needs `client_ca`
};

enum class ClientCertificate : unsigned char {
  kOptional,  // asked for; a bad one ends the handshake, none is let in without a name
  kRequired,  // no certificate ends the handshake
};

struct TlsOptions {
  TlsFiles files;
  ClientCertificate client_certificate = ClientCertificate::kOptional;
  // OpenSSL cipher lists. Anything but ECDHE with an AEAD is refused (B02, B03).
  std::string ciphers_tls12 =
      "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
      "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
  std::string ciphers_tls13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
};

// Everything that is wrong with the files, one issue a finding (rules "tls-..."): unreadable, not PEM, key open to
// others, key of another certificate, expired or not yet valid at `now`, a CA that is not one, a stale revocation list.
Issues CheckTlsFiles(const TlsFiles& files, Instant now);

// Loads the files into `context` (an SSL_CTX for server use) and sets what the page above says: TLS 1.2 and 1.3,
// checked cipher lists, no renegotiation, compression, tickets or early data, strict verification, revocation when
// there is a list, and a client certificate must carry extended key usage clientAuth (B09). kInvalid: with every
// finding; the context must not be used then.
Result<void> SetUpServerContext(ssl_ctx_st* context, const TlsOptions& options, Instant now);

// The client side of the same, for our own tests and commands: verifies the server against `ca`, optionally with a
// certificate of its own.
Result<void> SetUpClientContext(ssl_ctx_st* context, const std::string& ca, const std::string& certificate,
                                const std::string& key);

// Who a verified certificate names. Subject common names are never used.
struct PeerIdentity {
  std::vector<std::string> names;  // "dns:hospital.example", "uri:urn:oid:2.999.1": alternative names, lower case DNS
  std::string fingerprint;         // SHA-256 of the certificate, hexadecimal
};

// Empty names when the certificate has no DNS or URI name (or `certificate` is null).
PeerIdentity IdentityOf(const x509_st* certificate);

// Empties this thread's queue of OpenSSL errors: what one connection leaves there must not be taken for the next one's.
void ForgetErrors();

}  // namespace throughline::certs
