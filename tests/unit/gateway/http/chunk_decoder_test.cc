#include "gateway/http/chunk_decoder.h"

#include <gtest/gtest.h>

#include <optional>

#include "tests/unit/gateway/http/cases.h"

namespace throughline::http {
namespace {

struct Decoded {
  std::string body;
  std::string rest;
};

std::optional<Decoded> Decode(std::string_view bytes, std::size_t step) {
  ChunkDecoder decoder;
  Decoded decoded;
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, step);
    bytes.remove_prefix(part.size());
    while (true) {
      std::string_view piece;
      const ChunkDecoder::State state = decoder.Feed(part, piece);
      if (state == ChunkDecoder::State::kRefused) return std::nullopt;
      if (state == ChunkDecoder::State::kEnd) {
        decoded.rest = std::string(part) + std::string(bytes);
        return decoded;
      }
      if (state == ChunkDecoder::State::kNeedMore) break;
      decoded.body += piece;
    }
  }
  return std::nullopt;
}

TEST(ChunkDecoder, AnswersEachCaseOfTheTable) {
  const json::Document cases = ReadCases("chunks.json");
  ASSERT_GT(cases.root.Get("cases").size(), 10u);
  for (const json::Value& row : cases.root.Get("cases").items()) {
    const std::string bytes = Bytes(row.Get("bytes").text());
    for (const std::size_t step : {bytes.size(), std::size_t{1}}) {
      const auto decoded = Decode(bytes, step);
      EXPECT_EQ(decoded.has_value(), row.Find("body") != nullptr) << row.Get("name").text() << " in steps of " << step;
      if (!decoded) continue;
      EXPECT_EQ(decoded->body, row.Get("body").text()) << row.Get("name").text();
      EXPECT_EQ(decoded->rest, row.Get("rest").text()) << row.Get("name").text();
    }
  }
}

TEST(ChunkDecoder, A25LimitsExtensions) {
  EXPECT_TRUE(Decode("3;" + std::string(256, 'a') + "\r\nabc\r\n0\r\n\r\n", 100));
  EXPECT_FALSE(Decode("3;" + std::string(257, 'a') + "\r\nabc\r\n0\r\n\r\n", 100));
}

TEST(ChunkDecoder, A26LimitsTrailers) {
  std::string trailers;
  for (int i = 0; i < 9; ++i) trailers += "X: " + std::string(1000, 'a') + "\r\n";
  EXPECT_FALSE(Decode("0\r\n" + trailers + "\r\n", 1000));
}

}  // namespace
}  // namespace throughline::http
