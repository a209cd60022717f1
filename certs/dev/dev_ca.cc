#include "certs/dev/dev_ca.h"

#include <array>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "certs/dev/issue.h"

namespace throughline::certs {
namespace {

constexpr std::chrono::hours kYear{24 * 365};
constexpr std::chrono::hours kLeastLeft{24 * 30};
constexpr std::chrono::hours kBefore{1};  // clocks differ

struct Row {
  std::string_view name;
  std::string_view alternative_names;
  std::string_view usage;
  std::string_view san;
};

constexpr std::array kRows = {
    Row{"server", "DNS:localhost,IP:127.0.0.1,IP:::1", "serverAuth", "dns:localhost"},
    Row{"hospital", "DNS:hospital.example", "clientAuth", "dns:hospital.example"},
    Row{"recovery-centre", "DNS:recovery-centre.example", "clientAuth", "dns:recovery-centre.example"},
    Row{"other-centre", "DNS:other-centre.example", "clientAuth", "dns:other-centre.example"},
    Row{"registry", "DNS:registry.example", "clientAuth", "dns:registry.example"},
};

// What is there, if it can be kept: a pair that belongs together, is valid long enough, and is signed by `authority`.
std::optional<Issued> Keep(const std::string& path, const Issued* authority, Instant now) {
  auto chain = ReadCertificates(path + ".crt");
  auto key = ReadKey(path + ".key");
  if (!chain || !key) return std::nullopt;
  Issued kept{std::move(chain->front()), std::move(*key)};
  X509* const certificate = kept.certificate.get();
  if (X509_check_private_key(certificate, kept.key.get()) != 1) return std::nullopt;
  if (ValidityAt(certificate, now) != Validity::kValid) return std::nullopt;
  if (ValidityAt(certificate, now + kLeastLeft) != Validity::kValid) return std::nullopt;
  EVP_PKEY* const signer = authority == nullptr ? kept.key.get() : authority->key.get();
  if (X509_verify(certificate, signer) != 1) return std::nullopt;
  return kept;
}

struct Made {
  Issued issued;
  bool fresh;
};

Result<Made> KeepOrMake(const std::string& directory, const std::string& name, const CertificateWish& wish,
                        const Issued* authority, Instant now) {
  if (auto kept = Keep(directory + "/" + name, authority, now)) return Made{std::move(*kept), false};
  auto issued = IssueCertificate(wish, authority);
  if (!issued) return std::move(issued).error();
  if (auto saved = Save(*issued, directory, name); !saved) return std::move(saved).error();
  return Made{std::move(*issued), true};
}

}  // namespace

Result<std::vector<DevCertificate>> MakeDevelopmentCertificates(const std::string& directory, Instant now) {
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) {
    return MakeError(ErrorKind::kUnavailable, "dev-certificate", directory + ": cannot be made: " + failed.message());
  }
  const Instant from = now - kBefore;
  const Instant until = now + kYear;
  auto authority = KeepOrMake(directory, "ca", {"Throughline development CA", "", "", from, until}, nullptr, now);
  if (!authority) return std::move(authority).error();
  std::vector<DevCertificate> certificates = {{"ca", "", authority->fresh}};
  for (const Row& row : kRows) {
    const std::string name(row.name);
    const CertificateWish wish{name, std::string(row.alternative_names), std::string(row.usage), from, until};
    auto made = KeepOrMake(directory, name, wish, &authority->issued, now);
    if (!made) return std::move(made).error();
    certificates.push_back({name, std::string(row.san), made->fresh});
  }
  return certificates;
}

}  // namespace throughline::certs
