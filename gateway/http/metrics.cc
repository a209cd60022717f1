#include "gateway/http/metrics.h"

#include <algorithm>

namespace throughline::http {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

void Line(std::string& out, std::string_view name, std::uint64_t value) {
  out.append("throughline_http_").append(name).append(" ").append(std::to_string(value)).append("\n");
}

}  // namespace

Metrics::Metrics(std::span<const Route> routes) : routes_(routes), rows_(std::make_unique<Row[]>(routes.size() + 1)) {}

void Metrics::Answered(const Route* route, int status, std::chrono::nanoseconds elapsed) {
  Row& row = rows_[route == nullptr ? routes_.size() : static_cast<std::size_t>(route - routes_.data())];
  row.by_class[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))].fetch_add(1, kRelaxed);
  row.nanoseconds.fetch_add(static_cast<std::uint64_t>(elapsed.count()), kRelaxed);
}

void Metrics::Write(std::string& out) const {
  Line(out, "connections_accepted_total", connections_accepted.load(kRelaxed));
  Line(out, "connections_refused_total", connections_refused.load(kRelaxed));
  Line(out, "connections_open", connections_open.load(kRelaxed));
  Line(out, "handshakes_failed_total", handshakes_failed.load(kRelaxed));
  for (std::size_t i = 0; i <= routes_.size(); ++i) {
    std::string labels = "{route=\"none\",method=\"any\"";
    if (i < routes_.size()) {
      labels = "{route=\"" + std::string(routes_[i].pattern.text()) + "\",method=\"" +
               std::string(NameOf(routes_[i].method)) + "\"";
    }
    for (std::size_t digit = 1; digit < 6; ++digit) {
      const std::uint64_t count = rows_[i].by_class[digit].load(kRelaxed);
      if (count > 0) Line(out, "requests_total" + labels + ",status=\"" + std::to_string(digit) + "xx\"}", count);
    }
    const std::uint64_t microseconds = rows_[i].nanoseconds.load(kRelaxed) / 1000;
    if (microseconds > 0) Line(out, "request_microseconds_total" + labels + "}", microseconds);
  }
}

}  // namespace throughline::http
