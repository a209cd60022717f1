// threats.md table A over raw sockets: what the server answers, that it closes, that nothing more is answered, and that
// it goes on answering others.
#include <gtest/gtest.h>

#include "tests/unit/gateway/http/wire.h"

namespace throughline::http {
namespace {

const std::string kJson = "Content-Type: application/json\r\n";

class Framing : public testing::Test {
 protected:
  static void SetUpTestSuite() { running_ = new Running; }
  static void TearDownTestSuite() {
    delete running_;
    running_ = nullptr;
  }
  void TearDown() override {
    Wire wire(running_->address());
    wire.Send("GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(wire.Read().status, 200) << "the server does not answer any more";
  }

  // One answer of this status, then the end.
  static Answer Refused(std::string_view bytes, int status) {
    Wire wire(running_->address());
    wire.Send(bytes);
    const std::vector<Answer> answers = AnswersIn(wire.ReadToTheEnd());
    EXPECT_EQ(answers.size(), 1u) << bytes.substr(0, 200);
    if (answers.empty()) return {};
    EXPECT_EQ(answers.front().status, status) << bytes.substr(0, 200);
    EXPECT_TRUE(answers.front().head.starts_with("HTTP/1.1 "));
    EXPECT_EQ(answers.front().Header("Connection"), "close");
    EXPECT_NE(answers.front().body.find("OperationOutcome"), std::string::npos);
    return answers.front();
  }
  static Answer Asked(std::string_view bytes) {
    Wire wire(running_->address());
    wire.Send(bytes);
    return wire.Read();
  }
  static std::string Get(const std::string& target, const std::string& headers = "") {
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
  }
  static std::string Post(const std::string& headers, const std::string& body = "") {
    return "POST /echo HTTP/1.1\r\nHost: localhost\r\n" + kJson + headers + "\r\n" + body;
  }

  static Running* running_;  // NOLINT: shared by the suite
};
Running* Framing::running_ = nullptr;  // NOLINT

TEST_F(Framing, A01AnswersOnceAndNeverReadsTheBodyAsARequest) {
  Refused("POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\n" + kJson +
              "Content-Length: 44\r\n\r\nGET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n",
          401);
}

TEST_F(Framing, A02RefusesLengthWithChunks) {
  Refused(Post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nG"), 400);
}

TEST_F(Framing, A03RefusesAListOfCodings) {
  Refused(Post("Content-Length: 4\r\nTransfer-Encoding: gzip, chunked\r\n", "abcd"), 501);
}

TEST_F(Framing, A04RefusesDisguisedCodings) {
  Refused(Post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 501);
  Refused(Post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 501);
  Refused(Post("Transfer-Encoding: \x0b"
               "chunked\r\n",
               "0\r\n\r\n"),
          400);
  Refused(Post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n"), 501);
  Refused(Post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400);
}

TEST_F(Framing, A05RefusesChunksOnHttp10) {
  Refused("POST /echo HTTP/1.0\r\nHost: localhost\r\n" + kJson + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
}

TEST_F(Framing, A06RefusesTwoLengths) {
  Refused(Post("Content-Length: 3\r\nContent-Length: 8\r\n", "abcdefgh"), 400);
  Refused(Post("Content-Length: 3, 3\r\n", "abc"), 400);
}

TEST_F(Framing, A07RefusesALengthWithAComma) {
  Refused(Post("Content-Length: 5,5\r\n", std::string(55, 'a')), 400);
  Refused(Post("Content-Length: 1,0\r\n", std::string(10, 'a')), 400);
}

TEST_F(Framing, A08RefusesALengthThatIsNotDigits) {
  for (const char* length : {"+5", "-5", "0x5", "", "99999999999999999999", "5 5"}) {
    Refused(Post(std::string("Content-Length: ") + length + "\r\n", "abcde"), 400);
  }
}

TEST_F(Framing, A09RefusesABlankBeforeTheColon) { Refused(Post("Content-Length : 5\r\n", "abcde"), 400); }

TEST_F(Framing, A10RefusesALineWithoutColon) { Refused(Get("/fhir/metadata", "garbage\r\n"), 400); }

TEST_F(Framing, A11RefusesBareLineEndsAndNul) {
  Refused("GET /fhir/metadata HTTP/1.1\nHost: x\n\n", 400);
  Refused(Get("/fhir/metadata", "X: a\rb\r\n"), 400);
  Refused(Get("/fhir/metadata", std::string("X: a\0b\r\n", 8)), 400);
  Refused(Get(std::string("/a\0b", 4)), 400);
}

TEST_F(Framing, A12RefusesFoldedHeaders) { Refused(Get("/fhir/metadata", "X: a\r\n folded\r\n"), 400); }

TEST_F(Framing, A13RefusesHeaderNamesThatAreNoTokens) {
  for (const char* header : {": v", "X(: v",
                             "\xef"
                             "foo: v",
                             " X: first-with-space"}) {
    Refused(Get("/fhir/metadata", std::string(header) + "\r\n"), 400);
  }
}

TEST_F(Framing, A14NeverEchoesADecodedHeader) {
  const Answer answer = Asked(Get("/fhir/metadata", "X-Request-Id: =?UTF-8?Q?a=0D=0ASet-Cookie:x?=\r\n"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.head.find("Set-Cookie"), std::string::npos);
  EXPECT_EQ(answer.Header("X-Request-Id").size(), 32u);
}

TEST_F(Framing, A15WantsExactlyOneHostOfOurs) {
  Refused("GET /fhir/metadata HTTP/1.1\r\n\r\n", 400);
  Refused("GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 400);
  Refused("GET /fhir/metadata HTTP/1.1\r\nHost: a@b\r\n\r\n", 400);
  EXPECT_EQ(Asked("GET /fhir/metadata HTTP/1.1\r\nHost: evil.example\r\n\r\n").status, 421);
  EXPECT_EQ(Asked("GET /fhir/metadata HTTP/1.1\r\nHost: LOCALHOST:1\r\n\r\n").status, 200);
}

TEST_F(Framing, A16ChecksTheAuthorityOfAnAbsoluteTarget) {
  Refused(Get("http://evil/fhir/Patient"), 400);
  EXPECT_EQ(Asked("GET http://evil/fhir/metadata HTTP/1.1\r\nHost: evil\r\n\r\n").status, 421);
  EXPECT_EQ(Asked(Get("http://localhost/fhir/metadata")).status, 200);
}

TEST_F(Framing, A17SpeaksOnlyTwoVersions) {
  for (const char* version : {"HTTP/9.9", "HTTP/1.32", "FOO", "HTTP/2.0"}) {
    Refused(std::string("GET /fhir/metadata ") + version + "\r\nHost: localhost\r\n\r\n", 505);
  }
  Refused("GET /fhir/metadata\r\n\r\n", 400);
}

TEST_F(Framing, A18KnowsItsMethods) {
  for (const std::string& method : std::vector<std::string>{"TRACE", "CONNECT", "get", "G{}T", std::string(33, 'A')}) {
    Refused(method + " /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n", 501);
  }
  const Answer answer = Asked("DELETE /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.Header("Allow"), "GET, HEAD, POST");
}

TEST_F(Framing, A19RefusesABlankInTheTarget) { Refused(Get("/a b"), 400); }

TEST_F(Framing, A20RefusesBytesThatNoTargetHolds) {
  for (const char* target : {"/fhir/Patient#x", "/fhir/\xff", "/fhir/<"}) Refused(Get(target), 400);
}

TEST_F(Framing, A21LimitsLinesAndHeaders) {
  Refused(Get("/" + std::string(8193, 'a')), 414);
  Refused(Get("/", "X: " + std::string(8193, 'a') + "\r\n"), 431);
  std::string headers;
  for (int i = 0; i < 101; ++i) headers += "X: a\r\n";
  Refused(Get("/", headers), 431);
  headers.clear();
  for (int i = 0; i < 5; ++i) headers += "X: " + std::string(7000, 'a') + "\r\n";
  Refused(Get("/", headers), 431);
}

TEST_F(Framing, A22RefusesAFloodOfEmptyLines) {
  std::string flood;
  for (int i = 0; i < 1 << 19; ++i) flood += "\r\n";
  Refused(flood, 400);
}

TEST_F(Framing, A23RefusesMalformedChunkSizes) {
  for (const char* size : {"ZZ", "", "0x3", "3 ", "+3", "0_3", "FFFFFFFFFFFFFFFF"}) {
    Refused(Post("Transfer-Encoding: chunked\r\n", std::string(size) + "\r\nabc\r\n0\r\n\r\n"), 400);
  }
  Refused(Post("Transfer-Encoding: chunked\r\n", "fffffffff\r\nabc\r\n0\r\n\r\n" + std::string(17u << 20, 'a')), 413);
  Refused(Post("Transfer-Encoding: chunked\r\n", "3\nabc\n0\n\n"), 400);
}

TEST_F(Framing, A24RefusesAChunkLongerThanItsSize) {
  Refused(Post("Transfer-Encoding: chunked\r\n", "3\r\nabcXYZ\r\n0\r\n\r\n"), 400);
}

TEST_F(Framing, A25LimitsChunkExtensions) {
  Refused(Post("Transfer-Encoding: chunked\r\n", "3;" + std::string(1 << 20, 'a')), 400);
}

TEST_F(Framing, A26DropsTrailersAndRefusesFramingInThem) {
  Wire wire(running_->address());
  wire.Send(Post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n") + Get("/fhir/metadata"));
  EXPECT_EQ(wire.Read().body, "abc");
  EXPECT_EQ(wire.Read().body, R"({"hello":"world"})");
  Refused(Post("Transfer-Encoding: chunked\r\n", "0\r\nContent-Length: 5\r\n\r\n") + Get("/fhir/metadata"), 400);
}

TEST_F(Framing, A27NeverTakesATruncatedBodyForAWholeOne) {
  Wire wire(running_->address());
  wire.Send(Post("Content-Length: 100\r\n", "abc"));
  wire.EndSending();
  const auto answers = AnswersIn(wire.ReadToTheEnd());
  for (const Answer& answer : answers) EXPECT_EQ(answer.status, 400);
}

TEST_F(Framing, A28NeverTakesATruncatedStreamForAWholeOne) {
  Wire wire(running_->address());
  wire.Send(
      "POST /lines HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: "
      "chunked\r\n\r\n"
      "3\r\n{}\n\r\n");
  wire.EndSending();
  const std::string bytes = wire.ReadToTheEnd();
  EXPECT_TRUE(bytes.starts_with("HTTP/1.1 200"));
  EXPECT_EQ(bytes.find("end"), std::string::npos);
  EXPECT_EQ(bytes.find("0\r\n\r\n"), std::string::npos) << "the answer must not look whole";
}

TEST_F(Framing, A29WantsALengthForABody) {
  Refused("PUT /fhir/Patient/1 HTTP/1.1\r\nHost: localhost\r\n" + kJson + "\r\n", 411);
}

TEST_F(Framing, A30RefusesABodyOfGet) { Refused(Get("/fhir/metadata", "Content-Length: 3\r\n") + "abc", 400); }

TEST_F(Framing, A31SaysContinueOnlyWhenTheBodyWillBeRead) {
  Refused("POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\n" + kJson +
              "Content-Length: 10000000000\r\nExpect: 100-continue\r\n\r\n",
          401);
  Refused(Post("Content-Length: 10000000000\r\nExpect: 100-continue\r\n"), 413);
  Refused(Post("Content-Length: 3\r\nExpect: foo\r\n"), 417);
  Wire wire(running_->address());
  wire.Send(Post("Content-Length: 3\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(wire.Read().status, 100);
  wire.Send("abc");
  EXPECT_EQ(wire.Read().body, "abc");
}

TEST_F(Framing, A37AnswersPipelinedRequestsInOrder) {
  Wire wire(running_->address());
  wire.Send(Get("/fhir/metadata") + Get("/nowhere") + Post("Content-Length: 3\r\n", "abc") +
            Get("/fhir/metadata", "Connection: close\r\n"));
  const auto answers = AnswersIn(wire.ReadToTheEnd());
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(answers[0].status, 200);
  EXPECT_EQ(answers[1].status, 404);
  EXPECT_EQ(answers[2].body, "abc");
  EXPECT_EQ(answers[3].status, 200);
}

TEST_F(Framing, A38RefusesAHugeLengthBeforeReading) { Refused(Post("Content-Length: 4294967296\r\n"), 413); }

TEST_F(Framing, A39RefusesCompressedBodies) {
  Refused(Post("Content-Encoding: gzip\r\nContent-Length: 3\r\n", "abc"), 415);
}

TEST_F(Framing, A40NeverReachesAnotherRoute) {
  for (const char* target :
       {"/fhir/Patient/%2e%2e/admin", "/fhir/Patient/a%2Fb", "/fhir/Patient/%C0%AF", "/fhir/a%00b"}) {
    Refused(Get(target), 400);
  }
  for (const char* target : {"//fhir/metadata", "/fhir/metadata/", "/FHIR/metadata", "/fhir//metadata"}) {
    EXPECT_EQ(Asked(Get(target)).status, 404) << target;
  }
}

}  // namespace
}  // namespace throughline::http
