// What a listener counts. Safe from several threads.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "gateway/http/router.h"

namespace throughline::http {

class Metrics {
 public:
  explicit Metrics(std::span<const Route> routes);

  // `route` null: no route was found, or the head was refused.
  void Answered(const Route* route, int status, std::chrono::nanoseconds elapsed);

  std::atomic<std::uint64_t> connections_accepted{0};
  std::atomic<std::uint64_t> connections_refused{0};
  std::atomic<std::uint64_t> connections_open{0};
  std::atomic<std::uint64_t> handshakes_failed{0};

  // The text format of Prometheus, appended.
  void Write(std::string& out) const;

 private:
  struct Row {
    std::array<std::atomic<std::uint64_t>, 6> by_class{};  // by first digit of the status
    std::atomic<std::uint64_t> nanoseconds{0};
  };
  std::span<const Route> routes_;
  std::unique_ptr<Row[]> rows_;  // one a route, and one for what had none
};

}  // namespace throughline::http
