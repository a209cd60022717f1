// A query string, its decoding done: type on the first line, then name=value a line.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/search/query.h"

using namespace throughline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto line = [&] {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view taken = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return taken;
  };
  const std::string_view type = line();
  std::vector<search::Parameter> parameters;
  while (!text.empty()) {
    const std::string_view part = line();
    const std::size_t equals = std::min(part.find('='), part.size());
    parameters.push_back(
        {std::string(part.substr(0, equals)), std::string(part.substr(std::min(equals + 1, part.size())))});
  }
  for (const auto handling : {search::Handling::kStrict, search::Handling::kLenient}) {
    const Result<search::Query> query = search::ParseQuery(definitions::R4(), type, parameters, {.handling = handling});
    if (!query) {
      if (query.error().kind == ErrorKind::kInternal || query.error().issues.empty()) std::abort();
      continue;
    }
    search::Matches(*query, {query->type, "1", {}});
  }
  return 0;
}
