// Streams in both directions on one connection.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <thread>

#include "tests/unit/gateway/http/wire.h"

namespace throughline::http {
namespace {

const std::string kHead =
    "POST /lines HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: "
    "chunked\r\n\r\n";

std::string Chunk(std::size_t size) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t left = size; left > 0; left /= 16) text.insert(text.begin(), kDigits[left % 16]);
  return text + "\r\n" + std::string(size, 'x') + "\r\n";
}

TEST(Stream, AnswersEachPieceBeforeTheNextIsSent) {
  const Running running;
  Wire wire(running.address());
  wire.Send(kHead + "3\r\nabc\r\n");
  std::string bytes;
  char piece[1024];
  while (bytes.find("abc\n") == std::string::npos) {
    const ssize_t count = ::recv(wire.fd(), piece, sizeof piece, 0);
    ASSERT_GT(count, 0);
    bytes.append(piece, static_cast<std::size_t>(count));
  }
  wire.Send("0\r\n\r\nGET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  bytes += wire.ReadToTheEnd();
  const auto answers = AnswersIn(bytes);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].body, "abc\nend\n");
  EXPECT_EQ(answers[1].status, 200);
}

TEST(Stream, TakesTwoHundredMegabytesWithFlatMemory) {
  const Running running;
  Wire wire(running.address());
  std::size_t received = 0;
  bool ended = false;
  std::thread reader([&] {
    std::vector<char> piece(1 << 16);
    std::string tail;
    while (true) {
      const ssize_t count = ::recv(wire.fd(), piece.data(), piece.size(), 0);
      if (count <= 0) break;
      received += static_cast<std::size_t>(count);
      tail.append(piece.data(), static_cast<std::size_t>(count));
      tail.erase(0, tail.size() > 32 ? tail.size() - 32 : 0);
      if (tail.ends_with("end\n\r\n0\r\n\r\n")) {
        ended = true;
        break;
      }
    }
  });
  wire.Send(kHead);
  const std::string chunk = Chunk(1 << 20);
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(wire.Send(chunk));
  wire.Send("0\r\n\r\n");
  reader.join();
  EXPECT_TRUE(ended);
  EXPECT_GT(received, std::size_t{200} << 20);
}

// A client that sends all before it reads: answers wait in memory, up to the limit.
TEST(Stream, HoldsAnswersForAClientThatReadsLast) {
  const Running running;
  Wire wire(running.address(), 128 << 10);
  wire.Send(kHead);
  const std::string chunk = Chunk(1 << 20);
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(wire.Send(chunk));
  wire.Send("0\r\n\r\n");
  const Answer answer = wire.Read();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.body.ends_with("end\n"));
}

TEST(Stream, DropsAClientThatNeverReadsWhenTheLimitIsReached) {
  ServerOptions options = Running::Plain();
  options.limits.pending_answer_bytes = 64 << 10;
  options.limits.send_grace = std::chrono::milliseconds(300);
  const Running running(options);
  Wire wire(running.address(), 4096);
  wire.Send(kHead);
  const std::string chunk = Chunk(1 << 20);
  int sent = 0;
  while (sent < 100 && wire.Send(chunk)) ++sent;
  EXPECT_LT(sent, 100);
  EXPECT_TRUE(wire.WaitUntilClosed());
}

TEST(Stream, AnswersAnErrorBeforeTheFirstByteWithItsStatus) {
  const Running running;
  Wire wire(running.address());
  wire.Send("GET /refused-stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const Answer answer = wire.Read();
  EXPECT_EQ(answer.status, 404);
  EXPECT_NE(answer.body.find("OperationOutcome"), std::string::npos);
}

TEST(Stream, EndsWithoutItsLastChunkWhenItBreaks) {
  const Running running;
  Wire wire(running.address());
  wire.Send("GET /broken-stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string bytes = wire.ReadToTheEnd();
  EXPECT_TRUE(bytes.starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(bytes.ends_with("5\r\nbegun\r\n"));
}

TEST(Stream, EndsWithTheConnectionOnHttp10) {
  const Running running;
  Wire wire(running.address());
  wire.Send(
      "POST /lines HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nContent-Length: 3\r\n\r\nabc");
  const std::string bytes = wire.ReadToTheEnd();
  EXPECT_TRUE(bytes.ends_with("\r\n\r\nabc\nend\n"));
}

}  // namespace
}  // namespace throughline::http
