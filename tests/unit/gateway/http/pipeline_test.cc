#include <gtest/gtest.h>

#include <thread>

#include "tests/unit/gateway/http/wire.h"

namespace throughline::http {
namespace {

Answer Ask(const Running& running, const std::string& bytes) {
  Wire wire(running.address());
  wire.Send(bytes);
  return wire.Read();
}

std::string Post(const std::string& path, const std::string& headers, const std::string& body = "{}") {
  return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}

std::string Get(const std::string& path, const std::string& headers = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

TEST(Pipeline, AsksForACertificateWhereARouteIsNotOpen) {
  const Running running;
  const Answer answer = Ask(running, Get("/fhir/Patient/1"));
  EXPECT_EQ(answer.status, 401);
  EXPECT_NE(answer.Header("WWW-Authenticate"), "");
  EXPECT_NE(answer.body.find("\"login\""), std::string::npos);
}

TEST(Pipeline, HidesAnExceptionBehindANumber) {
  const Running running;
  const Answer answer = Ask(running, Get("/throw"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_NE(answer.body.find(answer.Header("X-Request-Id")), std::string::npos);
  EXPECT_EQ(answer.body.find("bad_alloc"), std::string::npos);
}

TEST(Pipeline, E14TakesOnlyTheMediaTypesOfTheRoute) {
  const Running running;
  for (const char* headers :
       {"", "Content-Type: text/plain\r\n", "Content-Type: application/xml\r\n",
        "Content-Type: application/fhir+xml\r\n", "Content-Type: application/json; charset=utf-16\r\n",
        "Content-Type: application/fhir+json; fhirVersion=5.0\r\n",
        "Content-Type: application/json\r\nContent-Type: application/json\r\n"}) {
    EXPECT_EQ(Ask(running, Post("/echo", headers)).status, 415) << headers;
  }
  for (const char* headers : {"Content-Type: application/json\r\n",
                              "Content-Type: application/fhir+json; charset=\"UTF-8\"; fhirVersion=4.0\r\n"}) {
    EXPECT_EQ(Ask(running, Post("/echo", headers)).status, 200) << headers;
  }
}

TEST(Pipeline, E15AnswersOnlyInJson) {
  const Running running;
  EXPECT_EQ(Ask(running, Get("/fhir/metadata", "Accept: application/fhir+xml\r\n")).status, 406);
  EXPECT_EQ(Ask(running, Get("/fhir/metadata", "Accept: image/png\r\n")).status, 406);
  EXPECT_EQ(Ask(running, Get("/fhir/metadata?_format=xml")).status, 406);
  EXPECT_EQ(Ask(running, Get("/fhir/metadata?_format=application/fhir+json", "Accept: text/html\r\n")).status, 200);
  EXPECT_EQ(Ask(running, Get("/fhir/metadata", "Accept: text/html, */*;q=0.1\r\n")).status, 200);
}

TEST(Pipeline, E17WantsAFormForAForm) {
  const Running running;
  EXPECT_EQ(Ask(running, Post("/form", "Content-Type: application/json\r\n")).status, 415);
  EXPECT_EQ(Ask(running, Post("/form", "Content-Type: application/x-www-form-urlencoded\r\n", "a=b")).body, "a=b");
  EXPECT_EQ(Ask(running, Post("/form", "Content-Type: application/x-www-form-urlencoded\r\n", std::string(70'000, 'a')))
                .status,
            413);
}

TEST(Pipeline, SendsSafetyHeadersAndNoBanner) {
  const Running running;
  const Answer answer = Ask(running, Get("/fhir/metadata"));
  EXPECT_EQ(answer.Header("Cache-Control"), "no-store");
  EXPECT_EQ(answer.Header("X-Content-Type-Options"), "nosniff");
  EXPECT_NE(answer.Header("Date"), "");
  EXPECT_EQ(answer.Header("Server"), "");
}

TEST(Pipeline, AnswersHeadWithTheLengthAlone) {
  const Running running;
  Wire wire(running.address());
  wire.Send("HEAD /fhir/metadata HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const std::string bytes = wire.ReadToTheEnd();
  EXPECT_NE(bytes.find("Content-Length: 17\r\n"), std::string::npos);
  EXPECT_TRUE(bytes.ends_with("\r\n\r\n"));
}

TEST(Pipeline, ClosesAfterABodyThatNobodyRead) {
  const Running running;
  Wire wire(running.address());
  wire.Send(Post("/ignore", "Content-Type: application/json\r\n", Get("/fhir/metadata")));
  const auto answers = AnswersIn(wire.ReadToTheEnd());
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].Header("Connection"), "close");
}

TEST(Pipeline, TurnsAwayWhatWaitsTooLong) {
  ServerOptions options = Running::Plain();
  options.limits.working = 1;
  options.limits.waiting_time = std::chrono::milliseconds(50);
  const Running running(options);
  Wire busy(running.address());
  busy.Send(
      "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: "
      "100-continue\r\n\r\n");
  EXPECT_EQ(busy.Read().status, 100);
  const Answer refused = Ask(running, Get("/fhir/metadata"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.Header("Retry-After"), "1");
  busy.Send("{}");
  EXPECT_EQ(busy.Read().status, 200);
  EXPECT_EQ(Ask(running, Get("/fhir/metadata")).status, 200);
}

TEST(Pipeline, CountsByRouteAndStatus) {
  const Running running;
  for (const char* path : {"/fhir/metadata", "/nowhere"}) {
    Wire wire(running.address());
    wire.Send(Get(path, "Connection: close\r\n"));
    wire.ReadToTheEnd();
  }
  EXPECT_EQ(running.Metric("requests_total{route=\"/fhir/metadata\",method=\"GET\",status=\"2xx\"}"), 1);
  EXPECT_EQ(running.Metric("requests_total{route=\"none\",method=\"any\",status=\"4xx\"}"), 1);
}

TEST(Pipeline, AnswersManyClientsAtOnce) {
  const Running running;
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      Wire wire(running.address());
      for (int n = 0; n < 50; ++n) {
        wire.Send(Post("/echo", "Content-Type: application/json\r\n", std::to_string(n)));
        good += wire.Read().body == std::to_string(n) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 400);
}

TEST(Router, PutsLiteralsBeforePlaces) {
  const Router router(GatewayRoutes());
  const auto find = [&router](Method method, std::vector<std::string> segments) {
    const Router::Match match = router.Find(method, segments);
    return match.route == nullptr ? match.allow : std::string(match.route->pattern.text());
  };
  EXPECT_EQ(find(Method::kGet, {"fhir", "metadata"}), "/fhir/metadata");
  EXPECT_EQ(find(Method::kHead, {"fhir", "Patient", "1"}), "/fhir/{type}/{id}");
  EXPECT_EQ(find(Method::kPost, {"fhir", "Patient", "_search"}), "/fhir/{type}/_search");
  EXPECT_EQ(find(Method::kPost, {"local", "m", "$view"}), "/local/{map}/$view");
  EXPECT_EQ(find(Method::kDelete, {"fhir", "metadata"}), "GET, HEAD, POST");
  EXPECT_EQ(find(Method::kGet, {"fhir", "Patient", ""}), "");
  EXPECT_EQ(find(Method::kGet, {""}), "");
}

}  // namespace
}  // namespace throughline::http
