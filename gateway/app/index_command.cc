#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/locate.h"
#include "fhir/json/parse.h"
#include "fhir/search/indexer.h"
#include "fhir/search/row_json.h"
#include "gateway/app/batch/input.h"
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

int IndexLines(const search::Indexer& indexer, const std::string& path, const Piece& piece) {
  int exit = kFine;
  json::Arena arena;
  std::string_view bytes = piece.text;
  for (std::size_t line = piece.first_line; !bytes.empty(); ++line) {
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

int IndexDocument(const search::Indexer& indexer, const std::string& path, const std::string& text) {
  auto document = json::ParseDocument(text);
  if (!document) {
    PrintParseError(path, 1, text, document.error());
    return kFindings;
  }
  if (!IsResource(document->root)) return NoResource(path, 1);
  return PrintRows(indexer, document->root, path, 1, false);
}

int TooLong(const std::string& path, std::size_t line) {
  Say(path + ":" + std::to_string(line) + ": error: this is longer than 256 MiB and was not read: split it");
  return kFindings;
}

int IndexFile(const search::Indexer& indexer, const std::string& path) {
  auto input = InputFile::Open(path);
  if (!input) return CouldNotRun(input.error());
  PieceReader reader(*std::move(input), 0, path);
  for (int exit = kFine;;) {
    const auto piece = reader.Next();
    if (!piece) return CouldNotRun(piece.error());
    if (!*piece) return exit;
    const int done = (*piece)->too_long ? TooLong(path, (*piece)->first_line)
                     : (*piece)->lines  ? IndexLines(indexer, path, **piece)
                                        : IndexDocument(indexer, path, (*piece)->text);
    if (done == kCouldNotRun) return done;
    exit = std::max(exit, done);
  }
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
  const search::Indexer indexer = search::Indexer::Make((*definitions)->definitions());
  return IndexFile(indexer, invocation.arguments.front());
}

}  // namespace throughline::app
