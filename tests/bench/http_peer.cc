// The bare limit that the gateway's reads are measured against: Poco's own HTTP server over TLS, sending the same
// bytes.
//   bench_http_peer CERTIFICATE KEY BODY_FILE     prints its port, serves until it is killed
#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/SSLManager.h>
#include <Poco/Net/SecureServerSocket.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

namespace {

class Sender : public Poco::Net::HTTPRequestHandler {
 public:
  explicit Sender(const std::string& body) : body_(body) {}
  void handleRequest(Poco::Net::HTTPServerRequest&, Poco::Net::HTTPServerResponse& response) override {
    response.setContentType("application/fhir+json");
    response.sendBuffer(body_.data(), body_.size());
  }

 private:
  const std::string& body_;
};

class Factory : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(std::string body) : body_(std::move(body)) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
    return new Sender(body_);
  }

 private:
  std::string body_;
};

Poco::Net::Context::Ptr MakeContext(const char* certificate, const char* key) {
  Poco::Net::Context::Params parameters;
  parameters.certificateFile = certificate;
  parameters.privateKeyFile = key;
  parameters.verificationMode = Poco::Net::Context::VERIFY_NONE;
  Poco::Net::Context::Ptr context = new Poco::Net::Context(Poco::Net::Context::TLS_SERVER_USE, parameters);
  context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
  return context;
}

int Serve(char** arguments) {
  std::ifstream file(arguments[3], std::ios::binary);
  const std::string body{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  Poco::Net::initializeSSL();
  Poco::Net::SecureServerSocket socket(Poco::Net::SocketAddress("127.0.0.1", 0), 1024,
                                       MakeContext(arguments[1], arguments[2]));
  Poco::Net::HTTPServerParams::Ptr parameters = new Poco::Net::HTTPServerParams;
  parameters->setMaxThreads(256);
  parameters->setMaxQueued(256);
  parameters->setKeepAlive(true);
  parameters->setMaxKeepAliveRequests(0);
  Poco::ThreadPool pool(16, 256);
  Poco::Net::HTTPServer server(new Factory(body), pool, socket, parameters);
  server.start();
  std::printf("%d\n", static_cast<int>(socket.address().port()));
  std::fflush(stdout);
  while (true) ::pause();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::fputs("usage: bench_http_peer CERTIFICATE KEY BODY_FILE\n", stderr);
    return 2;
  }
  try {
    return Serve(arguments);
  } catch (const Poco::Exception& thrown) {
    std::fprintf(stderr, "%s\n", thrown.displayText().c_str());
    return 2;
  }
}
