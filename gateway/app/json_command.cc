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
  const std::string text = json::ToString(document->root) + "\n";
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return kFine;
  std::fputs("throughline json: standard output takes no more\n", stderr);
  return kCouldNotRun;
}

}  // namespace throughline::app
