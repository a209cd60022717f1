#include <cstdlib>

#include "fhir/definitions/definitions.h"

extern "C" {
extern const std::byte throughline_r4_blob[];      // NOLINT: laid out by the assembler
extern const std::byte throughline_r4_blob_end[];  // NOLINT
}

namespace throughline::definitions {
namespace {

Definitions OpenLinked() {
  auto opened = Definitions::Open({throughline_r4_blob, throughline_r4_blob_end});
  if (!opened) {
    std::abort();
  }
  return *std::move(opened);
}

}  // namespace

const Definitions& R4() {
  static const Definitions definitions = OpenLinked();
  return definitions;
}

}  // namespace throughline::definitions
