// A code table, CSV or ConceptMap: findings, never a crash; what was loaded leads back from its own codes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fhir/definitions/definitions.h"
#include "mappings/engine/code_table.h"
#include "mappings/engine/diagnostics.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace throughline::engine;  // NOLINT: one function
  Diagnostics diagnostics("map.yaml", "");
  CodeTable table("t", "t.csv", "urn:x:t");
  table.Load({reinterpret_cast<const char*>(bytes), size}, throughline::definitions::R4(), diagnostics);
  for (const LocalCode& code : table.locals()) {
    if (table.FindLocal(code.local) != &code) __builtin_trap();
  }
  return 0;
}
