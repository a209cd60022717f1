// Any bytes as narrative are read without a crash, and what is accepted holds no tag that runs code.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/validate/narrative.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto faults = throughline::validate::ReadNarrative(text);
  if (!faults.any() &&
      (text.find("<script") != std::string_view::npos || text.find("<!DOCTYPE") != std::string_view::npos)) {
    // Inside a comment, a CDATA section or an instruction these are text.
    if (text.find("<!--") == std::string_view::npos && text.find("<![CDATA[") == std::string_view::npos &&
        text.find("<?") == std::string_view::npos) {
      std::abort();
    }
  }
  return 0;
}
