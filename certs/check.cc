#include <openssl/x509v3.h>

#include <string>
#include <utility>

#include "certs/pem.h"
#include "certs/tls.h"

namespace throughline::certs {
namespace {

class Findings {
 public:
  void Add(Error error) {
    for (Issue& issue : error.issues) issues_.push_back(std::move(issue));
  }
  void Add(const char* rule, const std::string& path, const char* text) {
    Add(MakeError(ErrorKind::kInvalid, rule, path + ": " + text));
  }
  Issues Take() { return std::move(issues_); }

 private:
  Issues issues_;
};

void CheckTime(const X509* certificate, const std::string& path, Instant now, Findings& findings) {
  const Validity validity = ValidityAt(certificate, now);
  if (validity == Validity::kOver) findings.Add("tls-expired", path, "the certificate has expired");
  if (validity == Validity::kNotYet) findings.Add("tls-not-yet", path, "the certificate is not valid yet");
}

void CheckOwn(const TlsFiles& files, Instant now, Findings& findings) {
  auto chain = ReadCertificates(files.certificate);
  auto key = ReadKey(files.key);
  if (!chain) findings.Add(chain.error());
  if (!key) findings.Add(key.error());
  if (!chain) return;
  for (const Certificate& certificate : *chain) CheckTime(certificate.get(), files.certificate, now, findings);
  if (key && X509_check_private_key(chain->front().get(), key->get()) != 1) {
    findings.Add("tls-key-mismatch", files.key, "is not the key of the certificate");
  }
}

void CheckAuthorities(const std::string& path, Instant now, Findings& findings) {
  auto authorities = ReadCertificates(path);
  if (!authorities) return findings.Add(authorities.error());
  for (const Certificate& authority : *authorities) {
    CheckTime(authority.get(), path, now, findings);
    if (X509_check_ca(authority.get()) != 1)
      findings.Add("tls-not-ca", path, "holds a certificate that is not of a CA");
  }
}

void CheckLists(const TlsFiles& files, Instant now, Findings& findings) {
  if (files.client_ca.empty()) findings.Add("tls-crl", files.crl, "a revocation list needs the CA of the clients");
  auto lists = ReadRevocationLists(files.crl);
  if (!lists) return findings.Add(lists.error());
  std::time_t seconds =
      std::chrono::system_clock::to_time_t(std::chrono::time_point_cast<std::chrono::system_clock::duration>(now));
  for (const RevocationList& list : *lists) {
    const ASN1_TIME* next = X509_CRL_get0_nextUpdate(list.get());
    if (next != nullptr && X509_cmp_time(next, &seconds) < 0) {
      findings.Add("tls-crl-stale", files.crl, "the revocation list is out of date");
    }
  }
}

}  // namespace

Issues CheckTlsFiles(const TlsFiles& files, Instant now) {
  Findings findings;
  CheckOwn(files, now, findings);
  if (!files.client_ca.empty()) CheckAuthorities(files.client_ca, now, findings);
  if (!files.crl.empty()) CheckLists(files, now, findings);
  return findings.Take();
}

}  // namespace throughline::certs
