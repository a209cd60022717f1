// A code table, CSV or ConceptMap: findings, never a crash; what was loaded leads back from its own codes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fhir/definitions/definitions.h"
#include "mappings/language/code_table_file.h"
#include "mappings/language/diagnostics.h"
#include "mappings/plan/code_table.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace throughline::language;  // NOLINT: one function
  Diagnostics diagnostics("map.yaml", "");
  CodeTable table("t", "t.csv", "urn:x:t");
  ReadCodeTable({reinterpret_cast<const char*>(bytes), size}, throughline::definitions::R4(), diagnostics, table);
  for (const LocalCode& code : table.locals()) {
    if (table.FindLocal(code.local) != &code) __builtin_trap();
  }
  return 0;
}
