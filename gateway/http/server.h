// A listener: accepts connections, keeps the limits, answers by a route table, stops gracefully.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "certs/tls.h"
#include "fhir/base/clock.h"
#include "fhir/base/result.h"
#include "gateway/http/clients.h"
#include "gateway/http/limits.h"
#include "gateway/http/router.h"

namespace throughline::http {

struct ServerOptions {
  std::string listen = "127.0.0.1:0";  // address:port; "[::1]:0"; port 0 takes a free one
  bool tls = true;
  certs::TlsOptions tls_options;
  // Names that a Host header may say, without port, besides localhost, 127.0.0.1, ::1 and the listen address (421).
  std::vector<std::string> hosts;
  std::vector<Client> clients;
  Limits limits;
  log::Log* log = nullptr;  // outlives the server; none is silent
};

// Safe from several threads but for Start and the destructor, which stops.
class Server {
 public:
  // `routes`, `gateway` and `clock` outlive the server.
  Server(ServerOptions options, std::span<const Route> routes, const Gateway& gateway, const Clock& clock);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // Binds, listens and begins to answer. kInvalid: the options or TLS files are wrong (every finding); kUnavailable:
  // the address cannot be had.
  Result<void> Start();
  // "127.0.0.1:8443", with the port that was taken; "" before Start.
  std::string address() const;

  // New certificates (from the same paths) and clients for connections and requests from now on; when they do not hold,
  // nothing changes and the findings are the answer.
  Result<void> Reload(std::vector<Client> clients);

  // Accepts no more, closes what is idle, gives what is under way until `drain` from now, then cuts it. Idempotent.
  void Stop(std::chrono::milliseconds drain);

  // Counters in the text format of Prometheus, appended to `out`.
  void WriteMetrics(std::string& out) const;

 private:
  class Running;
  std::unique_ptr<Running> running_;
};

}  // namespace throughline::http
