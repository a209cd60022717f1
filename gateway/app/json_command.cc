#include <cstdio>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "gateway/app/command.h"
#include "gateway/app/files.h"

namespace throughline::app {

int Json(const Invocation& invocation) {
  const std::string path = invocation.arguments.empty() ? "-" : invocation.arguments.front();
  auto bytes = ReadFile(path);
  if (!bytes) return CouldNotRun(bytes.error());
  json::Limits limits;
  limits.control_characters = true;  // any JSON text, not only what FHIR allows
  auto document = json::ParseDocument(*bytes, limits);
  if (!document) {
    for (const Issue& issue : document.error().issues) {
      std::string place = issue.location;
      if (place.starts_with("offset ")) place.erase(0, 7);
      std::fprintf(stderr, "%s:%s: error: %s\n", path.c_str(), place.c_str(), issue.text.c_str());
    }
    return kFindings;
  }
  const std::string text = json::ToString(document->root) + "\n";
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? kFine : kCouldNotRun;
}

}  // namespace throughline::app
