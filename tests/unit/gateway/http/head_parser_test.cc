#include "gateway/http/head_parser.h"

#include <gtest/gtest.h>

#include <charconv>

#include "tests/unit/gateway/http/cases.h"

namespace throughline::http {
namespace {

int StatusOf(std::string_view bytes, std::size_t step, HeadLimits limits = {}) {
  HeadParser parser(limits);
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, step);
    const std::size_t given = part.size();
    const HeadParser::State state = parser.Feed(part);
    if (state == HeadParser::State::kRefused) return parser.refusal().status;
    if (state == HeadParser::State::kDone) return 0;
    bytes.remove_prefix(given);
  }
  return -1;
}

std::string Request(const std::string& line, const std::string& headers = "") {
  return line + "\r\nHost: localhost\r\n" + headers + "\r\n";
}

TEST(HeadParser, AnswersEachCaseOfTheTable) {
  const json::Document cases = ReadCases("heads.json");
  ASSERT_GT(cases.root.Get("cases").size(), 60u);
  for (const json::Value& row : cases.root.Get("cases").items()) {
    std::string bytes;
    for (const json::Value& line : row.Get("lines").items()) bytes += Bytes(line.text()) + "\r\n";
    bytes += "\r\n";
    int expected = -1;
    const std::string_view status = row.Get("status").text();
    std::from_chars(status.data(), status.data() + status.size(), expected);
    EXPECT_EQ(StatusOf(bytes, bytes.size()), expected) << row.Get("name").text();
    EXPECT_EQ(StatusOf(bytes, 1), expected) << row.Get("name").text() << ", byte by byte";
  }
}

TEST(HeadParser, A21LimitsTheRequestLine) {
  const HeadLimits limits;
  const std::string fits(limits.request_line_bytes - std::string("GET / HTTP/1.1").size(), 'a');
  EXPECT_EQ(StatusOf(Request("GET /" + fits + " HTTP/1.1"), 1000), 0);
  EXPECT_EQ(StatusOf(Request("GET /" + fits + "a HTTP/1.1"), 1000), 414);
  EXPECT_EQ(StatusOf("GET /" + std::string(100'000, 'a'), 1), 414);
}

TEST(HeadParser, A21LimitsOneHeaderAndAll) {
  EXPECT_EQ(StatusOf(Request("GET / HTTP/1.1", "X: " + std::string(8189, 'a') + "\r\n"), 4000), 0);
  EXPECT_EQ(StatusOf(Request("GET / HTTP/1.1", "X: " + std::string(8190, 'a') + "\r\n"), 4000), 431);
  std::string headers;
  for (int i = 0; i < 5; ++i) headers += "X: " + std::string(7000, 'a') + "\r\n";
  EXPECT_EQ(StatusOf(Request("GET / HTTP/1.1", headers), 4000), 431);
  headers.clear();
  for (int i = 0; i < 100; ++i) headers += "X: a\r\n";
  EXPECT_EQ(StatusOf(Request("GET / HTTP/1.1", headers), 4000), 431);
}

TEST(HeadParser, LeavesWhatBelongsToTheBody) {
  HeadParser parser({});
  const std::string bytes = Request("POST /a HTTP/1.1", "Content-Length: 3\r\n") + "abcGET";
  std::string_view left = bytes;
  ASSERT_EQ(parser.Feed(left), HeadParser::State::kDone);
  EXPECT_EQ(left, "abcGET");
  EXPECT_EQ(parser.head().content_length, 3u);
}

TEST(HeadParser, SplitsThePathFirstAndDecodesThen) {
  HeadParser parser({});
  const std::string bytes = Request("GET /fhir/Pati%65nt/a%3Fb?name=a+b%26c&x=1?2&empty= HTTP/1.1");
  std::string_view left = bytes;
  ASSERT_EQ(parser.Feed(left), HeadParser::State::kDone);
  EXPECT_EQ(parser.head().segments, (std::vector<std::string>{"fhir", "Patient", "a?b"}));
  ASSERT_EQ(parser.head().query.size(), 3u);
  EXPECT_EQ(parser.head().query[0].value, "a b&c");
  EXPECT_EQ(parser.head().query[1].value, "1?2");
}

TEST(HeadParser, A14NeverDecodesEncodedWords) {
  HeadParser parser({});
  const std::string bytes = Request("GET / HTTP/1.1", "X-Request-Id: =?UTF-8?Q?a=0D=0ASet-Cookie:x?=\r\n");
  std::string_view left = bytes;
  ASSERT_EQ(parser.Feed(left), HeadParser::State::kDone);
  EXPECT_EQ(parser.head().headers.Find("x-request-id"), "=?UTF-8?Q?a=0D=0ASet-Cookie:x?=");
}

TEST(HeadParser, KnowsWhoWantsToStay) {
  const auto stays = [](const std::string& line, const std::string& headers) {
    HeadParser parser({});
    const std::string bytes = Request(line, headers);
    std::string_view left = bytes;
    EXPECT_EQ(parser.Feed(left), HeadParser::State::kDone);
    return parser.head().keep_alive;
  };
  EXPECT_TRUE(stays("GET / HTTP/1.1", ""));
  EXPECT_FALSE(stays("GET / HTTP/1.1", "Connection: x, Close\r\n"));
  EXPECT_FALSE(stays("GET / HTTP/1.0", ""));
  EXPECT_TRUE(stays("GET / HTTP/1.0", "Connection: keep-alive\r\n"));
}

}  // namespace
}  // namespace throughline::http
