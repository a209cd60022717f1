// Any text is a configuration or is refused with places; none is a fault of ours.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/config/config.h"

using namespace throughline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const Result<config::Config> config = config::Parse(text, "f");
  if (config) return 0;
  if (config.error().kind != ErrorKind::kInvalid || config.error().issues.empty()) std::abort();
  for (const Issue& issue : config.error().issues) {
    if (!issue.location.starts_with("f:") || issue.rule.empty()) std::abort();
  }
  return 0;
}
