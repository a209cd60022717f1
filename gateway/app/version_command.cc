#include <cstdio>
#include <string>

#include "fhir/definitions/definitions.h"
#include "gateway/app/command.h"

namespace throughline::app {

int Version(const Invocation&) {
  const std::string fhir(definitions::R4().fhir_version());
  std::printf("throughline %s (FHIR R4 %s)\n", THROUGHLINE_VERSION, fhir.c_str());
  return kFine;
}

}  // namespace throughline::app
