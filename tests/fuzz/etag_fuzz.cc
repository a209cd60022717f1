// A header of versions that is read names only versions that can be written again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/rest/preconditions.h"

using namespace throughline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const Result<rest::VersionSet> set = rest::ParseVersionSet(text);
  if (!set) {
    if (set.error().kind != ErrorKind::kInvalid) std::abort();
    return 0;
  }
  for (const std::int64_t version : set->versions) {
    if (version < 1 || rest::ParseETag(rest::ETag(version)) != version || !set->Holds(version)) std::abort();
  }
  return 0;
}
