#include <algorithm>
#include <charconv>
#include <cstdio>
#include <functional>
#include <utility>

#include "certs/ids.h"
#include "fhir/definitions/definitions.h"
#include "gateway/app/command.h"
#include "gateway/app/compose.h"
#include "gateway/app/files.h"
#include "gateway/app/packages.h"
#include "mappings/draft/draft.h"
#include "mappings/language/error_report.h"
#include "mappings/language/schema.h"
#include "mappings/review/check_report.h"
#include "mappings/review/laws.h"

namespace throughline::app {
namespace {

std::vector<std::string> MapsAsked(const Invocation& invocation) {
  return invocation.arguments.empty() ? LibraryMaps() : invocation.arguments;
}

Result<std::size_t> Number(const Invocation& invocation, const std::string& option, std::size_t fallback) {
  const std::string text = invocation.Value(option);
  if (text.empty()) return fallback;
  std::size_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (wrong != std::errc() || end != text.data() + text.size()) return Usage("--" + option + " needs a number");
  return number;
}

using EachMap = std::function<int(const plan::Map&, const definitions::Definitions&)>;

// Runs `each` for every map asked for; the worst exit code wins.
int ForEachMap(const Invocation& invocation, bool json, const EachMap& each) {
  int code = kFine;
  const auto given = invocation.options.find("package");
  const auto loaded = OpenForMaps(given == invocation.options.end() ? std::vector<std::string>() : given->second);
  if (!loaded) return CouldNotRun(loaded.error());
  const definitions::Definitions& definitions = (*loaded)->definitions();
  for (const std::string& name : MapsAsked(invocation)) {
    auto map = LoadMapFile(name, definitions);
    if (map) {
      code = std::max(code, each(*map, definitions));
    } else if (map.error().kind == ErrorKind::kInvalid && !map.error().issues.empty()) {
      if (json) {
        Print(language::MapErrorJson(map.error()) + "\n");
      } else {
        PrintText(language::MapErrorText(map.error()));
      }
      code = std::max(code, kFindings);
    } else {
      code = std::max(code, CouldNotRun(map.error()));
    }
  }
  return code;
}

}  // namespace

int MapCheck(const Invocation& invocation) {
  const std::string format = invocation.Value("format", "text");
  if (format != "text" && format != "json" && format != "markdown") {
    return CouldNotRun(Usage("--format is text, json or markdown"));
  }
  const bool json = format == "json";
  return ForEachMap(invocation, json, [&](const plan::Map& map, const definitions::Definitions&) {
    if (json) {
      Print(review::CheckReportJson(map) + "\n");
    } else {
      PrintText(format == "markdown" ? review::CheckReportMarkdown(map) : review::CheckReportText(map));
    }
    return map.warnings().empty() ? kFine : kFindings;
  });
}

int MapTest(const Invocation& invocation) {
  auto generate = Number(invocation, "generate", 100);
  auto seed = Number(invocation, "seed", 1);
  if (!generate) return CouldNotRun(generate.error());
  if (!seed) return CouldNotRun(seed.error());
  const certs::NameIdSource ids;
  return ForEachMap(invocation, false, [&](const plan::Map& map, const definitions::Definitions& definitions) {
    auto report = review::TestMap(map, ReadOfMap, definitions, ids, {.generate = *generate, .seed = *seed});
    if (!report) return CouldNotRun(report.error());
    PrintText(review::TestReportText(map, *report));
    return report->ok() ? kFine : kFindings;
  });
}

int MapNew(const Invocation& invocation) {
  if (invocation.arguments.size() != 1) return CouldNotRun(Usage("say: throughline map new FILE"));
  const std::string& path = invocation.arguments.front();
  auto file = InputFile::Open(path);
  if (!file) return CouldNotRun(file.error());
  std::string bytes(draft::kMostBytes + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    auto count = file->Read(std::span(bytes).subspan(size));
    if (!count) return CouldNotRun(count.error());
    if (*count == 0) break;
    size += *count;
  }
  const bool whole = size <= draft::kMostBytes;
  bytes.resize(std::min(size, draft::kMostBytes));
  auto map = draft::DraftMap(bytes, whole, path == "-" ? "draft" : path);
  if (!map) return CouldNotRun(map.error());
  Print(*map);
  return kFine;
}

int MapSchema(const Invocation& invocation) {
  if (!invocation.arguments.empty()) return CouldNotRun(Usage("map schema takes no argument"));
  Print(language::MapSchema(definitions::R4()));
  return kFine;
}

}  // namespace throughline::app
