// A chunked body is understood the same way whole and byte by byte.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/http/chunk_decoder.h"

using namespace throughline::http;

namespace {

struct Outcome {
  ChunkDecoder::State state = ChunkDecoder::State::kNeedMore;
  std::string body;
  std::size_t taken = 0;
};

Outcome Decode(std::string_view bytes, std::size_t step) {
  ChunkDecoder decoder;
  Outcome outcome;
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::string_view part = bytes.substr(at, step);
    const std::size_t before = part.size();
    std::string_view piece;
    outcome.state = decoder.Feed(part, piece);
    at += before - part.size();
    outcome.body += piece;
    if (outcome.state == ChunkDecoder::State::kEnd || outcome.state == ChunkDecoder::State::kRefused) break;
  }
  outcome.taken = at;
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const Outcome whole = Decode(bytes, size);
  const Outcome steps = Decode(bytes, 1);
  if (whole.body != steps.body || whole.taken != steps.taken) std::abort();
  const bool ended = whole.state == ChunkDecoder::State::kEnd || whole.state == ChunkDecoder::State::kRefused;
  if (ended && whole.state != steps.state) std::abort();
  return 0;
}
