#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/locate.h"
#include "fhir/json/parse.h"
#include "fhir/search/indexer.h"
#include "fhir/search/row_json.h"
#include "gateway/app/command.h"
#include "gateway/app/files.h"
#include "gateway/app/packages.h"

namespace throughline::app {
namespace {

// `text` starts in line `line` of the file; the parser says "offset N" of it.
void PrintParseError(const std::string& path, std::size_t line, std::string_view text, const Error& error) {
  Issues issues = error.issues;
  for (Issue& issue : issues) {
    const json::Position at = json::PositionAt(text, json::OffsetOf(issue.location).value_or(0));
    issue.location = path + ":" + std::to_string(line + at.line - 1) + ":" + std::to_string(at.column);
  }
  PrintIssues(issues, path);
}

bool IsBlankLine(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

// kFindings: not all rows could be made. kCouldNotRun: standard output takes no more.
int PrintRows(const search::Indexer& indexer, const json::Value& resource, const std::string& path, std::size_t line,
              bool named) {
  std::vector<search::IndexRow> rows;
  Issues unknown = indexer.Rows(resource, rows);
  for (Issue& issue : unknown) issue.location = path + ":" + std::to_string(line);
  PrintIssues(unknown, path);
  const std::string name =
      std::string(resource.Get("resourceType").text()) + "/" + std::string(resource.Get("id").text());
  std::string out;
  for (const search::IndexRow& row : rows) {
    search::WriteRow(row, named ? name : std::string_view(), out);
    out += '\n';
  }
  if (std::fwrite(out.data(), 1, out.size(), stdout) != out.size()) return kCouldNotRun;
  return HasErrors(unknown) ? kFindings : kFine;
}

bool IsResource(const json::Value& value) {
  const definitions::Definitions& r4 = definitions::R4();
  const definitions::TypeId type = r4.FindType(value.Get("resourceType").text());
  return type != definitions::kNoType && r4.IsResource(type);
}

int NoResource(const std::string& path, std::size_t line) {
  Say(path + ":" + std::to_string(line) + ": error: this is no resource: an object with the resourceType of one");
  return kFindings;
}

int IndexLines(const search::Indexer& indexer, const std::string& path, std::string_view bytes) {
  int exit = kFine;
  json::Arena arena;
  for (std::size_t line = 1; !bytes.empty(); ++line) {
    const std::string_view text = bytes.substr(0, bytes.find('\n'));
    bytes.remove_prefix(std::min(text.size() + 1, bytes.size()));
    if (IsBlankLine(text)) continue;
    arena.Reset();
    const auto value = json::Parse(text, arena);
    if (!value) {
      PrintParseError(path, line, text, value.error());
      exit = kFindings;
    } else if (!IsResource(*value)) {
      exit = NoResource(path, line);
    } else if (const int printed = PrintRows(indexer, *value, path, line, true); printed != kFine) {
      if (printed == kCouldNotRun) return printed;
      exit = printed;
    }
  }
  return exit;
}

// More than one line, and the first one is a value by itself.
bool IsLines(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  if (end == std::string_view::npos || IsBlankLine(bytes.substr(end))) return false;
  return json::ParseDocument(bytes.substr(0, end)) ? true : false;
}

}  // namespace

int Index(const Invocation& invocation) {
  if (invocation.arguments.size() != 1) {
    return CouldNotRun(MakeError(ErrorKind::kInvalid, "usage", "say: throughline index FILE [--package TGZ]"));
  }
  const auto packages = invocation.options.find("package");
  const auto definitions =
      OpenDefinitions(packages == invocation.options.end() ? std::vector<std::string>() : packages->second);
  if (!definitions) return CouldNotRun(definitions.error());
  if (auto checked = (*definitions)->CheckSearch(); !checked) return CouldNotRun(checked.error());
  const std::string& path = invocation.arguments.front();
  auto bytes = ReadFile(path);
  if (!bytes) return CouldNotRun(bytes.error());
  const search::Indexer indexer = search::Indexer::Make((*definitions)->definitions());
  if (IsLines(*bytes)) return IndexLines(indexer, path, *bytes);
  auto document = json::ParseDocument(*bytes);
  if (!document) {
    PrintParseError(path, 1, *bytes, document.error());
    return kFindings;
  }
  if (!IsResource(document->root)) return NoResource(path, 1);
  return PrintRows(indexer, document->root, path, 1, false);
}

}  // namespace throughline::app
