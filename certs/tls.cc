#include "certs/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstring>

#include "certs/hash.h"
#include "certs/pem.h"

namespace throughline::certs {
namespace {

Error Broken(const char* rule, const std::string& text) { return MakeError(ErrorKind::kInvalid, rule, text); }

bool IsForwardSecretAead(const SSL_CIPHER* cipher) {
  const int exchange = SSL_CIPHER_get_kx_nid(cipher);
  return SSL_CIPHER_is_aead(cipher) == 1 && (exchange == NID_kx_ecdhe || exchange == NID_kx_any);
}

// OpenSSL drops names it does not know as long as one is left: so what was named is counted, and what is left is
// checked.
std::size_t NamesIn(std::string_view list) {
  std::size_t names = 0;
  while (!list.empty()) {
    const std::size_t colon = list.find(':');
    if (colon != 0) ++names;
    list = colon == std::string_view::npos ? std::string_view() : list.substr(colon + 1);
  }
  return names;
}

Result<void> SetCiphers(SSL_CTX* context, const TlsOptions& options) {
  if (SSL_CTX_set_cipher_list(context, options.ciphers_tls12.c_str()) != 1 ||
      SSL_CTX_set_ciphersuites(context, options.ciphers_tls13.c_str()) != 1) {
    return Broken("tls-ciphers", "the list of TLS ciphers is not one that OpenSSL knows");
  }
  STACK_OF(SSL_CIPHER)* const ciphers = SSL_CTX_get_ciphers(context);
  const int count = sk_SSL_CIPHER_num(ciphers);
  for (int i = 0; i < count; ++i) {
    if (!IsForwardSecretAead(sk_SSL_CIPHER_value(ciphers, i))) {
      return Broken("tls-ciphers", "the list of TLS ciphers holds one that is not ECDHE with an AEAD");
    }
  }
  if (static_cast<std::size_t>(count) != NamesIn(options.ciphers_tls12) + NamesIn(options.ciphers_tls13)) {
    return Broken("tls-ciphers", "the list of TLS ciphers names one that OpenSSL does not know");
  }
  return {};
}

void SetVersionsAndManners(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_clear_options(context, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION);
  SSL_CTX_set_options(
      context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_max_early_data(context, 0);
  SSL_CTX_set_security_level(context, 2);
  SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384");
  SSL_CTX_set_mode(context,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
}

bool SaysClientAuth(const X509* certificate) {
  int place = -1;
  auto* usages = static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(certificate, NID_ext_key_usage, &place, nullptr));
  bool found = false;
  for (int i = 0; usages != nullptr && i < sk_ASN1_OBJECT_num(usages); ++i) {
    found = found || OBJ_obj2nid(sk_ASN1_OBJECT_value(usages, i)) == NID_client_auth;
  }
  EXTENDED_KEY_USAGE_free(usages);
  return found;
}

// Adds a rule and never takes one away: OpenSSL itself lets a certificate without extended key usage pass.
int CheckClientCertificate(int accepted, X509_STORE_CTX* chain) {
  if (accepted != 1) return 0;
  if (X509_STORE_CTX_get_error_depth(chain) != 0) return 1;
  const X509* certificate = X509_STORE_CTX_get_current_cert(chain);
  if (certificate != nullptr && SaysClientAuth(certificate)) return 1;
  X509_STORE_CTX_set_error(chain, X509_V_ERR_INVALID_PURPOSE);
  return 0;
}

Result<void> LoadOwn(SSL_CTX* context, const TlsFiles& files) {
  auto key = ReadKey(files.key);
  if (!key) return std::move(key).error();
  auto chain = ReadCertificates(files.certificate);
  if (!chain) return std::move(chain).error();
  const bool loaded = SSL_CTX_use_certificate(context, chain->front().get()) == 1 &&
                      SSL_CTX_use_PrivateKey(context, key->get()) == 1 && SSL_CTX_check_private_key(context) == 1;
  if (!loaded) return Broken("tls-certificate", files.certificate + ": OpenSSL refuses the certificate or its key");
  for (std::size_t i = 1; i < chain->size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, (*chain)[i].get()) != 1) {
      return Broken("tls-certificate", files.certificate + ": OpenSSL refuses an intermediate certificate");
    }
  }
  return {};
}

Result<void> LoadTrust(SSL_CTX* context, const std::string& ca, const std::string& crl, int purpose) {
  auto authorities = ReadCertificates(ca);
  if (!authorities) return std::move(authorities).error();
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  for (const Certificate& authority : *authorities) {
    X509_STORE_add_cert(store, authority.get());
    if (purpose == X509_PURPOSE_SSL_CLIENT) SSL_CTX_add_client_CA(context, authority.get());
  }
  unsigned long flags = X509_V_FLAG_X509_STRICT;
  if (!crl.empty()) {
    auto lists = ReadRevocationLists(crl);
    if (!lists) return std::move(lists).error();
    for (const RevocationList& list : *lists) X509_STORE_add_crl(store, list.get());
    flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
  }
  X509_STORE_set_flags(store, flags);
  X509_STORE_set_purpose(store, purpose);
  return {};
}

void AddName(const GENERAL_NAME* name, std::vector<std::string>& names) {
  int kind = 0;
  const auto* text = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(name, &kind));
  if (kind != GEN_DNS && kind != GEN_URI) return;
  const auto* bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(text));
  std::string value(bytes, static_cast<std::size_t>(ASN1_STRING_length(text)));
  for (char& c : value) {
    if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f) return;
    if (kind == GEN_DNS && c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  names.push_back((kind == GEN_DNS ? "dns:" : "uri:") + value);
}

}  // namespace

Result<void> SetUpServerContext(ssl_ctx_st* context, const TlsOptions& options, Instant now) {
  Issues issues = CheckTlsFiles(options.files, now);
  if (auto set = SetCiphers(context, options); !set) {
    for (Issue& issue : set.error().issues) issues.push_back(std::move(issue));
  }
  if (!issues.empty()) return Error{ErrorKind::kInvalid, issues.front().text, std::move(issues)};
  SetVersionsAndManners(context);
  if (auto loaded = LoadOwn(context, options.files); !loaded) return loaded;
  if (options.files.client_ca.empty()) {
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
    return {};
  }
  if (auto loaded = LoadTrust(context, options.files.client_ca, options.files.crl, X509_PURPOSE_SSL_CLIENT); !loaded) {
    return loaded;
  }
  const bool required = options.client_certificate == ClientCertificate::kRequired;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                     CheckClientCertificate);
  SSL_CTX_set_verify_depth(context, 4);
  ForgetErrors();
  return {};
}

Result<void> SetUpClientContext(ssl_ctx_st* context, const std::string& ca, const std::string& certificate,
                                const std::string& key) {
  SetVersionsAndManners(context);
  if (!certificate.empty()) {
    if (auto loaded = LoadOwn(context, {.certificate = certificate, .key = key, .client_ca = {}, .crl = {}}); !loaded) {
      return loaded;
    }
  }
  if (auto loaded = LoadTrust(context, ca, {}, X509_PURPOSE_SSL_SERVER); !loaded) return loaded;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  return {};
}

PeerIdentity IdentityOf(const x509_st* certificate) {
  PeerIdentity identity;
  if (certificate == nullptr) return identity;
  Digest digest;
  unsigned size = 0;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) == 1) identity.fingerprint = ToHex(digest);
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names); ++i) {
    AddName(sk_GENERAL_NAME_value(names, i), identity.names);
  }
  GENERAL_NAMES_free(names);
  return identity;
}

void ForgetErrors() { ERR_clear_error(); }

}  // namespace throughline::certs
