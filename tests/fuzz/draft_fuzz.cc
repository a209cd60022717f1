// Bytes of a file of an unknown format: a draft is made or refused, nothing crashes, and every draft is a map that
// loads.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/definitions/definitions.h"
#include "mappings/draft/draft.h"
#include "mappings/language/load_map.h"
#include "mappings/plan/map.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace throughline;  // NOLINT: one function
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto draft = draft::DraftMap(text, true, "some file.csv");
  if (!draft) {
    if (draft.error().kind == ErrorKind::kInternal) __builtin_trap();
    return 0;
  }
  const auto map = language::LoadMap(
      "map.yaml", [&](std::string_view) -> Result<std::string> { return *draft; }, definitions::R4());
  if (!map) __builtin_trap();
  return 0;
}
