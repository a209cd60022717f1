// 43,102 resources of synthetic patients: no error that the specification does not show right.
#include <string>
#include <string_view>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/validate/validate.h"
#include "tests/conformance/suite.h"

namespace throughline::conformance {
namespace {

void CheckLine(Context& context, Score& score, std::string_view line, const std::string& where) {
  const auto document = json::ParseDocument(line);
  const Issues issues = document ? validate::Check(document->root, definitions::R4()) : document.error().issues;
  std::string what;
  if (!document || HasErrors(issues)) {
    what = where;
    for (const Issue& issue : issues) {
      what += "; " + issue.rule + " at " + issue.expression;
    }
  }
  context.Count(score, what.empty(), what);
}

}  // namespace

Score SyntheaValid(Context& context) {
  Score score;
  for (const auto& path : FilesIn(context.oracles / "synthea-ndjson" / "dev-120", ".ndjson")) {
    const std::string bytes = ReadFile(path);
    std::string_view text = bytes;
    for (std::size_t line = 1; !text.empty(); ++line) {
      const std::size_t end = text.find('\n');
      if (end != 0) {
        CheckLine(context, score, text.substr(0, end), path.filename().string() + ':' + std::to_string(line));
      }
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
  }
  return score;
}

}  // namespace throughline::conformance
