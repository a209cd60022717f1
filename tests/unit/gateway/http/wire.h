// The other end of a connection, byte by byte, and a server to talk to.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/gateway.h"
#include "gateway/http/server.h"

namespace throughline::http {

class MachineClock final : public Clock {
 public:
  Instant Now() const override {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
  std::chrono::steady_clock::time_point Monotonic() const override { return std::chrono::steady_clock::now(); }
};

struct Answer {
  int status = 0;  // 0: none came
  std::string head;
  std::string body;
  // The value of a header; "" when there is none.
  std::string Header(std::string_view name) const;
};

// A plain TCP connection. Waits at most ten seconds for anything.
class Wire {
 public:
  explicit Wire(const std::string& address, int receive_buffer = 0);
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire();

  bool Send(std::string_view bytes);                 // false: the server closed
  std::size_t SendWhatFits(std::string_view bytes);  // without waiting
  void EndSending();
  Answer Read();               // one answer, by its length or its chunks, interim ones as well
  std::string ReadToTheEnd();  // everything until the server closes
  bool WaitUntilClosed();      // by end or reset; false: it stays open. Reads nothing.
  int fd() const { return fd_; }

 private:
  bool More();
  std::string TakeChunks();

  int fd_ = -1;
  std::string buffer_;
};

// All answers in what a connection gave until its end.
std::vector<Answer> AnswersIn(std::string_view bytes);

// A server of the routes of test_routes.h on a free port.
class Running {
 public:
  explicit Running(ServerOptions options = Plain(), Gateway gateway = {});
  static ServerOptions Plain();
  std::string address() const { return server_->address(); }
  Server& server() { return *server_; }
  // The value of a line of the metrics.
  long long Metric(std::string_view name) const;

 private:
  MachineClock clock_;
  Gateway gateway_;
  std::unique_ptr<Server> server_;
};

std::span<const Route> TestRoutes();

}  // namespace throughline::http
