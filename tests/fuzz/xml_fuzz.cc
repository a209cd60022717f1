// Any bytes as FHIR XML are read without a crash, and what is read can be written and read again as JSON.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "fhir/xml/read.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace throughline;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto read = xml::ReadDocument(bytes, definitions::R4());
  if (!read) {
    if (read.error().kind == ErrorKind::kInternal || read.error().issues.empty()) {
      std::abort();
    }
    return 0;
  }
  const std::string text = json::ToString(read->root);
  const auto again = json::ParseDocument(text, {.depth = 1'000, .number_digits = 1'000'000});
  if (again ? !json::Equal(again->root, read->root) : again.error().issues.front().rule != "json-number") {
    std::abort();
  }
  return 0;
}
