#include <cstdio>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "gateway/app/command.h"
#include "gateway/app/files.h"

namespace throughline::app {

int Json(const Invocation& invocation) {
  if (invocation.arguments.size() > 1) {
    std::fputs("throughline json: one FILE, or none for standard input\n", stderr);
    return kCouldNotRun;
  }
  const std::string path = invocation.arguments.empty() ? "-" : invocation.arguments.front();
  auto bytes = ReadFile(path);
  if (!bytes) return CouldNotRun(bytes.error());
  json::Limits limits;
  limits.control_characters = true;  // any JSON text, not only what FHIR allows
  auto document = json::ParseDocument(*bytes, limits);
  if (!document) {
    PrintOffsets(document.error().issues, path);
    return kFindings;
  }
  Print(json::ToString(document->root) + "\n");
  return kFine;
}

}  // namespace throughline::app
