// A head is understood the same way whole and byte by byte, and no path segment that comes out of it can leave its
// place.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/http/head_parser.h"
#include "gateway/http/media_type.h"

using namespace throughline::http;

namespace {

HeadParser::State Feed(HeadParser& parser, std::string_view bytes, std::size_t step) {
  HeadParser::State state = HeadParser::State::kNeedMore;
  while (!bytes.empty() && state == HeadParser::State::kNeedMore) {
    std::string_view part = bytes.substr(0, step);
    bytes.remove_prefix(part.size());
    state = parser.Feed(part);
  }
  return state;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  HeadParser whole({});
  HeadParser steps({});
  const HeadParser::State state = Feed(whole, bytes, size);
  if (Feed(steps, bytes, 1) != state) std::abort();
  if (state == HeadParser::State::kRefused && whole.refusal().status != steps.refusal().status) std::abort();
  if (state != HeadParser::State::kDone) return 0;
  for (const std::string& segment : whole.head().segments) {
    if (segment == "." || segment == ".." || segment.find_first_of(std::string_view("/\\\0\r\n", 5)) != segment.npos)
      std::abort();
  }
  for (const Headers::Field& field : whole.head().headers.fields()) {
    if (field.value.find_first_of(std::string_view("\0\r\n", 3)) != field.value.npos) std::abort();
    ParseMediaType(field.value);
  }
  Accepts(whole.head().headers, {"application/json"});
  return 0;
}
