#include "certs/tls.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <fstream>

#include "certs/dev/dev_ca.h"
#include "certs/dev/issue.h"
#include "certs/random.h"

namespace throughline::certs {
namespace {

const Instant kNow = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
constexpr std::chrono::hours kDay{24};

// One folder of development certificates for all tests of this file.
class Tls : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = (std::filesystem::temp_directory_path() / ("tls-" + RandomHex(8))).string();
    ASSERT_TRUE(MakeDevelopmentCertificates(folder_, kNow));
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(folder_); }

  static TlsOptions Options() {
    TlsOptions options;
    options.files = {At("server.crt"), At("server.key"), At("ca.crt"), ""};
    return options;
  }
  static std::string At(const std::string& name) { return folder_ + "/" + name; }
  static Result<void> SetUp(const TlsOptions& options) {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
    return SetUpServerContext(context.get(), options, kNow);
  }
  static std::string FirstRule(const Issues& issues) { return issues.empty() ? "" : issues.front().rule; }

  static std::string folder_;  // NOLINT: shared by the suite
};
std::string Tls::folder_;  // NOLINT

TEST_F(Tls, AcceptsTheDevelopmentCertificates) {
  const auto set_up = SetUp(Options());
  EXPECT_TRUE(set_up) << set_up.error().message;
  EXPECT_TRUE(CheckTlsFiles(Options().files, kNow).empty());
}

TEST_F(Tls, B03RefusesUnknownAndWeakCiphers) {
  for (const char* list : {"THIS-IS-NOT", "AES128-SHA", "ECDHE-RSA-AES128-SHA256", "DHE-RSA-AES128-GCM-SHA256", "",
                           "ECDHE-ECDSA-AES128-GCM-SHA256:THIS-IS-NOT"}) {
    TlsOptions options = Options();
    options.ciphers_tls12 = list;
    EXPECT_FALSE(SetUp(options)) << list;
  }
}

TEST_F(Tls, RefusesTheKeyOfAnotherCertificate) {
  TlsOptions options = Options();
  options.files.key = At("hospital.key");
  EXPECT_EQ(FirstRule(CheckTlsFiles(options.files, kNow)), "tls-key-mismatch");
  EXPECT_FALSE(SetUp(options));
}

TEST_F(Tls, RefusesAKeyThatOthersCanRead) {
  const std::string open = At("open.key");
  std::filesystem::copy_file(At("server.key"), open);
  std::filesystem::permissions(open, std::filesystem::perms(0640));
  TlsOptions options = Options();
  options.files.key = open;
  EXPECT_EQ(FirstRule(CheckTlsFiles(options.files, kNow)), "secret-open");
}

TEST_F(Tls, B07RefusesToServeOutsideOfTheTimeOfTheCertificate) {
  EXPECT_EQ(FirstRule(CheckTlsFiles(Options().files, kNow + 400 * kDay)), "tls-expired");
  EXPECT_EQ(FirstRule(CheckTlsFiles(Options().files, kNow - 2 * kDay)), "tls-not-yet");
}

TEST_F(Tls, ListsAllThatIsWrong) {
  TlsFiles files{At("none.crt"), At("none.key"), At("server.crt"), At("none.crl")};
  EXPECT_EQ(CheckTlsFiles(files, kNow).size(), 4u);
}

TEST_F(Tls, B10RefusesAStaleRevocationList) {
  auto chain = ReadCertificates(At("ca.crt"));
  auto key = ReadKey(At("ca.key"));
  ASSERT_TRUE(chain && key);
  const Issued authority{std::move(chain->front()), std::move(*key)};
  const auto list = IssueRevocationList(authority, nullptr, kNow - kDay, kNow + kDay);
  ASSERT_TRUE(list);
  std::ofstream(At("ca.crl")) << *list;
  TlsOptions options = Options();
  options.files.crl = At("ca.crl");
  EXPECT_TRUE(SetUp(options));
  EXPECT_EQ(FirstRule(CheckTlsFiles(options.files, kNow + 2 * kDay)), "tls-crl-stale");
}

TEST_F(Tls, NamesAPeerByItsAlternativeNames) {
  const auto issued = IssueCertificate(
      {"cn.example", "DNS:Hospital.Example,URI:urn:oid:2.999.1,IP:10.0.0.1", "clientAuth", kNow, kNow + kDay}, nullptr);
  ASSERT_TRUE(issued);
  const PeerIdentity identity = IdentityOf(issued->certificate.get());
  EXPECT_EQ(identity.names, (std::vector<std::string>{"dns:hospital.example", "uri:urn:oid:2.999.1"}));
  EXPECT_EQ(identity.fingerprint.size(), 64u);
  EXPECT_TRUE(IdentityOf(nullptr).names.empty());
}

TEST_F(Tls, NeverNamesAPeerByItsCommonName) {
  const auto issued = IssueCertificate({"hospital.example", "", "clientAuth", kNow, kNow + kDay}, nullptr);
  ASSERT_TRUE(issued);
  EXPECT_TRUE(IdentityOf(issued->certificate.get()).names.empty());
}

TEST_F(Tls, KeepsDevelopmentCertificatesThatAreGood) {
  const auto again = MakeDevelopmentCertificates(folder_, kNow);
  ASSERT_TRUE(again);
  ASSERT_EQ(again->size(), 6u);
  for (const DevCertificate& certificate : *again) EXPECT_FALSE(certificate.made) << certificate.name;
}

TEST_F(Tls, ReplacesDevelopmentCertificatesThatAreAboutToExpire) {
  const std::string folder = folder_ + "/old";
  ASSERT_TRUE(MakeDevelopmentCertificates(folder, kNow - 350 * kDay));
  const auto again = MakeDevelopmentCertificates(folder, kNow);
  ASSERT_TRUE(again);
  for (const DevCertificate& certificate : *again) EXPECT_TRUE(certificate.made) << certificate.name;
}

}  // namespace
}  // namespace throughline::certs
