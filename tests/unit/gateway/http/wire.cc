#include "tests/unit/gateway/http/wire.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "gateway/http/answers.h"
#include "gateway/http/text.h"

namespace throughline::http {
namespace {

constexpr int kPatience = 10'000;

template <typename Number>
Number Parse(std::string_view text, int base = 10) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

Response Hello(const Gateway&, Request&) { return Json(200, R"({"hello":"world"})"); }

Response Echo(const Gateway&, Request& request) {
  auto body = ReadAll(*request.body);
  return body ? Json(200, *std::move(body)) : AnswerOf(body.error());
}

Response Ignore(const Gateway&, Request&) { return Json(200, "{}"); }

Response Large(const Gateway&, Request&) { return Json(200, std::string(10u << 20, 'x')); }

Response Throw(const Gateway&, Request&) { throw std::bad_alloc(); }

Response Who(const Gateway&, Request& request) { return Json(200, request.requester->client_id); }

// Gives back a line for each piece of the body.
Response Lines(const Gateway&, Request& request) {
  Response response = Json(200, {}, "application/x-ndjson");
  response.stream = [&request](BodySink& sink) -> Result<void> {
    while (true) {
      auto piece = request.body->Next();
      if (!piece) return std::move(piece).error();
      if (piece->empty()) return sink.Write("end\n");
      if (auto written = sink.Write(std::string(*piece) + "\n"); !written) return written;
    }
  };
  return response;
}

Response RefusedStream(const Gateway&, Request&) {
  Response response = Json(200, {});
  response.stream = [](BodySink&) -> Result<void> { return MakeError(ErrorKind::kNotFound, "test", "not here"); };
  return response;
}

Response BrokenStream(const Gateway&, Request&) {
  Response response = Json(200, {});
  response.stream = [](BodySink& sink) -> Result<void> {
    if (auto written = sink.Write("begun"); !written) return written;
    throw std::bad_alloc();
  };
  return response;
}

constexpr std::array kRoutes = {
    Route{.method = Method::kGet,
          .pattern = "/fhir/metadata",
          .access = Access::kAnyone,
          .action = {},
          .handler = Hello,
          .interaction = "",
          .summary = ""},
    Route{.method = Method::kGet,
          .pattern = "/large",
          .access = Access::kAnyone,
          .action = {},
          .handler = Large,
          .interaction = "",
          .summary = ""},
    Route{.method = Method::kGet,
          .pattern = "/throw",
          .access = Access::kAnyone,
          .action = {},
          .handler = Throw,
          .interaction = "",
          .summary = ""},
    Route{.method = Method::kGet,
          .pattern = "/refused-stream",
          .access = Access::kAnyone,
          .action = {},
          .handler = RefusedStream,
          .interaction = "",
          .summary = ""},
    Route{.method = Method::kGet,
          .pattern = "/broken-stream",
          .access = Access::kAnyone,
          .action = {},
          .handler = BrokenStream,
          .interaction = "",
          .summary = ""},
    Route{.method = Method::kPost,
          .pattern = "/echo",
          .access = Access::kAnyone,
          .action = {},
          .body = BodyRule::kFhir,
          .handler = Echo,
          .interaction = "",
          .summary = ""},
    Route{.method = Method::kPost,
          .pattern = "/ignore",
          .access = Access::kAnyone,
          .action = {},
          .body = BodyRule::kFhir,
          .handler = Ignore,
          .interaction = "",
          .summary = ""},
    Route{.method = Method::kPost,
          .pattern = "/form",
          .access = Access::kAnyone,
          .action = {},
          .body = BodyRule::kForm,
          .handler = Echo,
          .interaction = "",
          .summary = ""},
    Route{.method = Method::kPost,
          .pattern = "/lines",
          .access = Access::kAnyone,
          .action = {},
          .body = BodyRule::kStream,
          .answer = AnswerRule::kLocal,
          .handler = Lines,
          .interaction = "",
          .summary = ""},
    Route{.method = Method::kGet,
          .pattern = "/fhir/{type}/{id}",
          .action = consent::Action::kRead,
          .handler = Who,
          .interaction = "",
          .summary = ""},
    Route{.method = Method::kPost,
          .pattern = "/fhir/{type}",
          .action = consent::Action::kCreate,
          .body = BodyRule::kFhir,
          .handler = Echo,
          .interaction = "",
          .summary = ""},
    Route{.method = Method::kGet, .pattern = "/who", .action = {}, .handler = Who, .interaction = "", .summary = ""},
};

// One answer off the front of `bytes`, when it is whole.
std::optional<Answer> TakeAnswer(std::string& bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos || bytes.size() < 12) return std::nullopt;
  Answer answer;
  answer.head = bytes.substr(0, end + 2);
  answer.status = Parse<int>(std::string_view(bytes).substr(9, 3));
  std::size_t at = end + 4;
  if (answer.Header("Transfer-Encoding") == "chunked") {
    while (true) {
      const std::size_t line = bytes.find("\r\n", at);
      if (line == std::string::npos) return std::nullopt;
      const auto size = Parse<std::size_t>(std::string_view(bytes).substr(at, line - at), 16);
      if (bytes.size() < line + 4 + size) return std::nullopt;
      answer.body += bytes.substr(line + 2, size);
      at = line + 4 + size;
      if (size == 0) break;
    }
  } else {
    const auto length = Parse<std::size_t>(answer.Header("Content-Length"));
    if (bytes.size() < at + length) return std::nullopt;
    answer.body = bytes.substr(at, length);
    at += length;
  }
  bytes.erase(0, at);
  return answer;
}

}  // namespace

std::span<const Route> TestRoutes() { return kRoutes; }

std::string Answer::Header(std::string_view name) const {
  std::string_view rest = head;
  while (!rest.empty()) {
    const std::size_t end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 2);
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos && SameWithoutCase(line.substr(0, colon), name))
      return std::string(line.substr(colon + 2));
  }
  return {};
}

Wire::Wire(const std::string& address, int receive_buffer) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  const int at_once = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(Parse<std::uint16_t>(std::string_view(address).substr(address.rfind(':') + 1)));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
}

Wire::~Wire() { ::close(fd_); }

bool Wire::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

std::size_t Wire::SendWhatFits(std::string_view bytes) {
  const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return count < 0 ? 0 : static_cast<std::size_t>(count);
}

void Wire::EndSending() { ::shutdown(fd_, SHUT_WR); }

bool Wire::More() {
  pollfd waiting{fd_, POLLIN, 0};
  if (::poll(&waiting, 1, kPatience) <= 0) return false;
  std::array<char, 65536> piece;
  const ssize_t count = ::recv(fd_, piece.data(), piece.size(), 0);
  if (count <= 0) return false;
  buffer_.append(piece.data(), static_cast<std::size_t>(count));
  return true;
}

Answer Wire::Read() {
  while (true) {
    if (auto answer = TakeAnswer(buffer_)) return *std::move(answer);
    if (!More()) return {};
  }
}

std::string Wire::ReadToTheEnd() {
  while (More()) continue;
  EXPECT_TRUE(WaitUntilClosed());
  return std::exchange(buffer_, {});
}

bool Wire::WaitUntilClosed() {
  pollfd waiting{fd_, POLLRDHUP, 0};
  return ::poll(&waiting, 1, kPatience) == 1 && (waiting.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

std::vector<Answer> AnswersIn(std::string_view bytes) {
  std::vector<Answer> answers;
  std::string left(bytes);
  while (auto answer = TakeAnswer(left)) answers.push_back(*std::move(answer));
  EXPECT_EQ(left, "");
  return answers;
}

ServerOptions Running::Plain() {
  ServerOptions options;
  options.tls = false;
  return options;
}

Running::Running(ServerOptions options, Gateway gateway)
    : gateway_(std::move(gateway)),
      server_(std::make_unique<Server>(std::move(options), TestRoutes(), gateway_, clock_)) {
  const auto started = server_->Start();
  EXPECT_TRUE(started) << (started ? "" : started.error().message);
}

long long Running::Metric(std::string_view name) const {
  std::string text;
  server_->WriteMetrics(text);
  const std::size_t at = text.find("throughline_http_" + std::string(name) + " ");
  if (at == std::string::npos) return -1;
  return Parse<long long>(std::string_view(text).substr(text.find(' ', at) + 1));
}

}  // namespace throughline::http
