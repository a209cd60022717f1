// What is slow is ended, and only that. Deadlines are short here, and nothing sleeps: each test waits for what the
// server does.
#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/gateway/http/wire.h"

namespace throughline::http {
namespace {

using std::chrono::milliseconds;

const std::string kGet = "GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n";

ServerOptions Short() {
  ServerOptions options = Running::Plain();
  options.limits.head_time = milliseconds(400);
  options.limits.body_grace = milliseconds(300);
  options.limits.body_time = milliseconds(800);
  options.limits.stream_grace = milliseconds(400);
  options.limits.send_grace = milliseconds(400);
  options.limits.idle_time = milliseconds(300);
  options.limits.pending_answer_bytes = 256 << 10;
  return options;
}

int StatusOfNormalRequest(const Running& running) {
  Wire wire(running.address());
  wire.Send(kGet);
  return wire.Read().status;
}

std::vector<std::unique_ptr<Wire>> Many(const Running& running, int count, std::string_view bytes) {
  std::vector<std::unique_ptr<Wire>> wires;
  for (int i = 0; i < count; ++i) {
    wires.push_back(std::make_unique<Wire>(running.address()));
    wires.back()->Send(bytes);
  }
  return wires;
}

TEST(Deadline, A32EndsHeadsThatDripAndServesOthersMeanwhile) {
  const Running running(Short());
  const auto wires = Many(running, 50, "GET /fhir/metadata HTTP/1.1\r\nHost: loc");
  EXPECT_EQ(StatusOfNormalRequest(running), 200);
  for (const auto& wire : wires) {
    const auto answers = AnswersIn(wire->ReadToTheEnd());
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0].status, 408);
  }
}

TEST(Deadline, A32CountsTheWholeHeadAndNotEachByte) {
  const Running running(Short());
  Wire wire(running.address());
  std::thread drip([&wire] {
    for (const char c : std::string(20'000, 'a')) {
      if (!wire.Send({&c, 1})) break;
    }
  });
  wire.WaitUntilClosed();
  drip.join();
  EXPECT_EQ(StatusOfNormalRequest(running), 200);
}

TEST(Deadline, A34EndsBodiesThatDrip) {
  const Running running(Short());
  const auto wires = Many(running, 20,
                          "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                          "1000000\r\n\r\nabc");
  EXPECT_EQ(StatusOfNormalRequest(running), 200);
  for (const auto& wire : wires) {
    const auto answers = AnswersIn(wire->ReadToTheEnd());
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0].status, 408);
  }
}

TEST(Deadline, A34EndsStreamsThatStall) {
  const Running running(Short());
  Wire wire(running.address());
  wire.Send(
      "POST /lines HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n");
  const std::string bytes = wire.ReadToTheEnd();
  EXPECT_TRUE(bytes.starts_with("HTTP/1.1 200"));
  EXPECT_FALSE(bytes.ends_with("0\r\n\r\n"));
}

TEST(Deadline, A35DropsReadersThatDoNotRead) {
  const Running running(Short());
  Wire wire(running.address(), 4096);
  wire.Send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(wire.WaitUntilClosed());
  EXPECT_EQ(StatusOfNormalRequest(running), 200);
}

TEST(Deadline, ClosesWhatIsIdleWithoutAnAnswer) {
  const Running running(Short());
  Wire wire(running.address());
  wire.Send(kGet);
  EXPECT_EQ(wire.Read().status, 200);
  EXPECT_EQ(wire.ReadToTheEnd(), "");
  Wire silent(running.address());
  EXPECT_EQ(silent.ReadToTheEnd(), "");
}

TEST(Connections, A36AreLimitedPerAddress) {
  ServerOptions options = Running::Plain();
  options.limits.connections_per_address = 5;
  const Running running(options);
  std::vector<std::unique_ptr<Wire>> wires;
  for (int i = 0; i < 5; ++i) {
    wires.push_back(std::make_unique<Wire>(running.address()));
    wires.back()->Send(kGet);
    EXPECT_EQ(wires.back()->Read().status, 200);
  }
  Wire refused(running.address());
  EXPECT_TRUE(refused.WaitUntilClosed());
  wires.front()->Send(kGet);
  EXPECT_EQ(wires.front()->Read().status, 200) << "those who are in are served";
  EXPECT_EQ(running.Metric("connections_refused_total"), 1);
}

TEST(Connections, AreUsedForALimitedNumberOfRequests) {
  ServerOptions options = Running::Plain();
  options.limits.requests_per_connection = 2;
  const Running running(options);
  Wire wire(running.address());
  wire.Send(kGet + kGet + kGet);
  const auto answers = AnswersIn(wire.ReadToTheEnd());
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[1].Header("Connection"), "close");
}

TEST(Stop, ClosesIdleConnectionsAtOnceAndFinishesWhatIsUnderWay) {
  Running running;
  Wire idle(running.address());
  idle.Send(kGet);
  EXPECT_EQ(idle.Read().status, 200);
  Wire busy(running.address());
  busy.Send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 3\r\nExpect: "
      "100-continue\r\n\r\n");
  EXPECT_EQ(busy.Read().status, 100);
  std::thread stopping([&running] { running.server().Stop(std::chrono::seconds(10)); });
  EXPECT_EQ(idle.ReadToTheEnd(), "");
  busy.Send("abc");
  const Answer answer = busy.Read();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Header("Connection"), "close");
  EXPECT_EQ(busy.ReadToTheEnd(), "");
  stopping.join();
}

TEST(Stop, CutsWhatIsUnderWayAtTheDeadline) {
  Running running;
  Wire busy(running.address());
  busy.Send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 3\r\nExpect: "
      "100-continue\r\n\r\n");
  EXPECT_EQ(busy.Read().status, 100);
  running.server().Stop(milliseconds(100));
  EXPECT_TRUE(busy.WaitUntilClosed());
}

}  // namespace
}  // namespace throughline::http
