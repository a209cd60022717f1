// threats.md table B against a real handshake.
#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/SSLManager.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <fstream>

#include "certs/dev/dev_ca.h"
#include "certs/dev/issue.h"
#include "certs/random.h"
#include "tests/unit/gateway/http/wire.h"

namespace throughline::http {
namespace {

using Poco::Net::Context;

constexpr std::chrono::hours kDay{24};

class Tls : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    Poco::Net::initializeSSL();
    folder_ = (std::filesystem::temp_directory_path() / ("http-tls-" + certs::RandomHex(8))).string();
    ASSERT_TRUE(certs::MakeDevelopmentCertificates(folder_, MachineClock().Now()));
  }
  static void TearDownTestSuite() { std::filesystem::remove_all(folder_); }

  static std::string At(const std::string& name) { return folder_ + "/" + name; }
  static ServerOptions Options() {
    ServerOptions options;
    options.tls_options.files = {At("server.crt"), At("server.key"), At("ca.crt"), ""};
    options.clients = {{"hospital", {"dns:hospital.example"}, "HSA", "provider", {}}};
    return options;
  }

  static Context::Ptr ClientContext(const std::string& name, const std::string& folder) {
    Context::Params parameters;
    parameters.verificationMode = Context::VERIFY_RELAXED;
    parameters.loadDefaultCAs = false;
    Context::Ptr context = new Context(Context::TLS_CLIENT_USE, parameters);
    context->enableExtendedCertificateVerification(false);
    const std::string path = folder + "/" + name;
    const auto set_up = certs::SetUpClientContext(context->sslContext(), At("ca.crt"),
                                                  name.empty() ? "" : path + ".crt", name.empty() ? "" : path + ".key");
    EXPECT_TRUE(set_up);
    return context;
  }

  // The status of GET `path` (0: the handshake or the connection failed).
  static int Get(const Running& running, const std::string& path, const Context::Ptr& context) {
    try {
      Poco::Net::SecureStreamSocket socket(Poco::Net::SocketAddress(running.address()), context);
      socket.setReceiveTimeout(Poco::Timespan(10, 0));
      const std::string request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.sendBytes(request.data(), static_cast<int>(request.size()));
      std::string bytes;
      char piece[4096];
      for (int count = 0; (count = socket.receiveBytes(piece, sizeof piece)) > 0;)
        bytes.append(piece, static_cast<std::size_t>(count));
      return bytes.size() > 12 ? std::atoi(bytes.c_str() + 9) : 0;
    } catch (const Poco::Exception&) {
      return 0;
    }
  }
  static int As(const Running& running, const std::string& name, const std::string& path = "/who") {
    return Get(running, path, ClientContext(name, folder_));
  }

  static certs::Issued Authority() {
    auto chain = certs::ReadCertificates(At("ca.crt"));
    auto key = certs::ReadKey(At("ca.key"));
    return {std::move(chain->front()), std::move(*key)};
  }
  // A client certificate of our CA, saved as `name`.
  static void Make(const std::string& name, const std::string& usages, Instant from, Instant until) {
    const certs::Issued authority = Authority();
    const auto issued = certs::IssueCertificate({name, "DNS:hospital.example", usages, from, until}, &authority);
    ASSERT_TRUE(issued);
    ASSERT_TRUE(certs::Save(*issued, folder_, name));
  }

  static std::string folder_;  // NOLINT: shared by the suite
};
std::string Tls::folder_;  // NOLINT

TEST_F(Tls, B12LetsARegisteredClientIn) {
  const Running running(Options());
  EXPECT_EQ(As(running, "hospital"), 200);
}

TEST_F(Tls, B01SpeaksNothingOlderThan12) {
  const Running running(Options());
  const Context::Ptr context = ClientContext("hospital", folder_);
  SSL_CTX_set_security_level(context->sslContext(), 0);
  SSL_CTX_set_min_proto_version(context->sslContext(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context->sslContext(), TLS1_1_VERSION);
  SSL_CTX_set_cipher_list(context->sslContext(), "ALL:@SECLEVEL=0");
  EXPECT_EQ(Get(running, "/who", context), 0);
}

TEST_F(Tls, B02RefusesCiphersWithoutForwardSecrecyOrAead) {
  const Running running(Options());
  for (const char* ciphers :
       {"AES128-SHA", "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256", "DHE-RSA-AES128-GCM-SHA256"}) {
    const Context::Ptr context = ClientContext("hospital", folder_);
    SSL_CTX_set_max_proto_version(context->sslContext(), TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context->sslContext(), ciphers);
    EXPECT_EQ(Get(running, "/who", context), 0) << ciphers;
  }
  const Context::Ptr context = ClientContext("hospital", folder_);
  SSL_CTX_set_max_proto_version(context->sslContext(), TLS1_2_VERSION);
  EXPECT_EQ(Get(running, "/who", context), 200);
}

TEST_F(Tls, B03DoesNotStartWithCiphersNobodyKnows) {
  ServerOptions options = Options();
  options.tls_options.ciphers_tls12 = "THIS-IS-NOT";
  const MachineClock clock;
  const Gateway gateway;
  Server server(options, TestRoutes(), gateway, clock);
  EXPECT_FALSE(server.Start());
}

TEST_F(Tls, B06AnswersByRouteWithoutACertificate) {
  const Running running(Options());
  EXPECT_EQ(As(running, "", "/fhir/metadata"), 200);
  EXPECT_EQ(As(running, "", "/who"), 401);
}

TEST_F(Tls, B07RefusesCertificatesOutsideOfTheirTime) {
  const Running running(Options());
  const Instant now = MachineClock().Now();
  Make("past", "clientAuth", now - 2 * kDay, now - kDay);
  Make("future", "clientAuth", now + kDay, now + 2 * kDay);
  EXPECT_EQ(As(running, "past"), 0);
  EXPECT_EQ(As(running, "future"), 0);
}

TEST_F(Tls, B08RefusesCertificatesOfAnotherAuthority) {
  const Running running(Options());
  const std::string evil = folder_ + "/evil";
  ASSERT_TRUE(certs::MakeDevelopmentCertificates(evil, MachineClock().Now()));
  EXPECT_EQ(Get(running, "/who", ClientContext("hospital", evil)), 0);
}

TEST_F(Tls, B09WantsTheUsageOfAClient) {
  const Running running(Options());
  const Instant now = MachineClock().Now();
  Make("server-usage", "serverAuth", now - kDay, now + kDay);
  Make("no-usage", "", now - kDay, now + kDay);
  Make("right-usage", "clientAuth", now - kDay, now + kDay);
  EXPECT_EQ(As(running, "server-usage"), 0);
  EXPECT_EQ(As(running, "no-usage"), 0);
  EXPECT_EQ(As(running, "right-usage"), 200);
}

TEST_F(Tls, B10RefusesRevokedCertificatesAfterAReload) {
  const Instant now = MachineClock().Now();
  const certs::Issued authority = Authority();
  const auto write = [&](const X509* revoked) {
    const auto list = certs::IssueRevocationList(authority, revoked, now - kDay, now + kDay);
    ASSERT_TRUE(list);
    std::ofstream(At("ca.crl")) << *list;
  };
  write(nullptr);
  ServerOptions options = Options();
  options.tls_options.files.crl = At("ca.crl");
  Running running(options);
  EXPECT_EQ(As(running, "hospital"), 200);
  const auto hospital = certs::ReadCertificates(At("hospital.crt"));
  ASSERT_TRUE(hospital);
  write(hospital->front().get());
  ASSERT_TRUE(running.server().Reload(options.clients));
  EXPECT_EQ(As(running, "hospital"), 0);
}

TEST_F(Tls, B11KnowsNobodyByCommonNameOrUnregisteredName) {
  const Running running(Options());
  EXPECT_EQ(As(running, "registry"), 401);
  EXPECT_EQ(As(running, "registry", "/fhir/metadata"), 200);
}

TEST_F(Tls, B14KeepsTheOldCertificatesWhenTheNewOnesAreBad) {
  ServerOptions options = Options();
  std::filesystem::copy_file(At("server.crt"), At("swap.crt"));
  options.tls_options.files.certificate = At("swap.crt");
  Running running(options);
  std::filesystem::copy_file(At("hospital.crt"), At("swap.crt"), std::filesystem::copy_options::overwrite_existing);
  EXPECT_FALSE(running.server().Reload(options.clients));
  EXPECT_EQ(As(running, "hospital"), 200);
}

TEST_F(Tls, ReloadsItsClients) {
  Running running(Options());
  EXPECT_EQ(As(running, "registry"), 401);
  ASSERT_TRUE(running.server().Reload({{"registry", {"dns:registry.example"}, "R", "registry", {}}}));
  EXPECT_EQ(As(running, "registry"), 200);
  EXPECT_EQ(As(running, "hospital"), 401);
}

TEST_F(Tls, B16ClosesOnPlainBytes) {
  const Running running(Options());
  Wire wire(running.address());
  wire.Send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(wire.ReadToTheEnd().find("HTTP"), std::string::npos);
}

TEST_F(Tls, A33EndsHandshakesThatDrip) {
  ServerOptions options = Options();
  options.limits.head_time = std::chrono::milliseconds(1500);
  const Running running(options);
  std::vector<std::unique_ptr<Wire>> wires;
  for (int i = 0; i < 30; ++i) {
    wires.push_back(std::make_unique<Wire>(running.address()));
    wires.back()->Send(std::string("\x16\x03\x01", 3));
  }
  EXPECT_EQ(As(running, "hospital"), 200);
  for (const auto& wire : wires) EXPECT_TRUE(wire->WaitUntilClosed());
}

}  // namespace
}  // namespace throughline::http
