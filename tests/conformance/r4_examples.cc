// The official R4 examples: each comes back with every digit and character it had, and is accepted by the validator.
#include <string>
#include <string_view>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "fhir/validate/validate.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

// JSON text without the white space between tokens, and without the escapes that the shortest form does not need.
std::string Canonical(std::string_view text) {
  std::string out;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!inside && std::string_view(" \t\r\n").find(c) != std::string_view::npos) {
      continue;
    }
    inside = inside != (c == '"');
    if (inside && c == '\\' && i + 1 < text.size()) {
      if (text[++i] != '/') {
        out += c;
      }
      out += text[i];
      continue;
    }
    out += c;
  }
  return out;
}

bool ComesBack(const std::string& bytes) {
  const auto document = json::ParseDocument(bytes);
  return document && json::ToString(document->root) == Canonical(bytes);
}

}  // namespace

Score R4Examples(Context& context) {
  Score score;
  for (const auto& path : FilesIn(context.oracles / "r4-examples", ".json")) {
    context.Count(score, ComesBack(ReadFile(path)), path.filename().string() + ": not written back as it was");
  }
  return score;
}

Score R4ExamplesValid(Context& context) {
  Score score;
  for (const auto& path : FilesIn(context.oracles / "r4-examples", ".json")) {
    const auto document = json::ParseDocument(ReadFile(path));
    const Issues issues = document ? validate::Check(document->root, definitions::R4()) : document.error().issues;
    std::string what = path.filename().string();
    for (const Issue& issue : issues) {
      what += "; " + issue.rule + " at " + issue.expression + issue.location;
    }
    context.Count(score, document && !HasErrors(issues), what);
  }
  return score;
}

}  // namespace throughline::conformance
