// What is read is written and read again as the same; what is refused says so by one rule, and never by a fault of
// ours.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"

using namespace throughline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  for (const bool control_characters : {false, true}) {
    json::Limits limits;
    limits.control_characters = control_characters;
    const Result<json::Document> read = json::ParseDocument(bytes, limits);
    if (!read) {
      if (read.error().kind != ErrorKind::kInvalid || read.error().issues.size() != 1) std::abort();
      continue;
    }
    const std::string written = json::ToString(read->root);
    const Result<json::Document> again = json::ParseDocument(written, limits);
    if (!again || !json::Equal(read->root, again->root) || json::ToString(again->root) != written) std::abort();
    json::Arena arena;
    if (!json::Equal(json::Clone(read->root, arena), read->root)) std::abort();
  }
  return 0;
}
