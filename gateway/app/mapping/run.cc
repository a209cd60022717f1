#include "gateway/app/mapping/run.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>
#include <vector>

#include "fhir/json/locate.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "gateway/app/command.h"
#include "mappings/engine/bundle.h"

namespace throughline::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostHeld = 256u << 20;

// `text` starts in line `first_line` of the file.
Error Placed(Error error, std::string_view path, std::string_view text, std::size_t first_line) {
  for (Issue& issue : error.issues) {
    const json::Position at = json::PositionAt(text, json::OffsetOf(issue.location).value_or(0));
    issue.location =
        std::string(path) + ":" + std::to_string(first_line + at.line - 1) + ":" + std::to_string(at.column);
  }
  return error;
}

}  // namespace

Result<void> PrintOut(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size()) return {};
  return MakeError(ErrorKind::kUnavailable, "output", "standard output cannot be written");
}

formats::RecordFormat FormatOf(const plan::Map& map, std::string_view path) {
  formats::RecordFormat format = map.format();
  if (format.syntax == formats::Syntax::kJson && path.ends_with(".ndjson")) format.syntax = formats::Syntax::kNdjson;
  return format;
}

Error InFile(Error error, const std::string& path) {
  for (Issue& issue : error.issues) issue.location = path + (issue.location.empty() ? "" : ": " + issue.location);
  return error;
}

Result<LedgerFile> LedgerFile::Open(const std::string& path) {
  LedgerFile ledger;
  if (path.empty()) return ledger;
  auto file = OutputFile::Open(path);
  if (!file) return std::move(file).error();
  ledger.file_.emplace(*std::move(file));
  if (auto written = ledger.Add(engine::LedgerHeader()); !written) return std::move(written).error();
  return ledger;
}

Result<LocalSource> LocalSource::Open(const std::string& path) {
  auto file = InputFile::Open(path);
  if (!file) return std::move(file).error();
  std::error_code unknown;
  const std::uintmax_t size = path == "-" ? 0 : fs::file_size(path, unknown);
  return LocalSource(*std::move(file), unknown ? 0 : size);
}

formats::ByteSource LocalSource::Bytes(std::function<void(std::uint64_t)> progress) {
  if (held_) return formats::FromMemory(*held_);
  return [this, progress = std::move(progress), read = std::uint64_t{0}](std::span<char> room) mutable {
    auto count = file_.Read(room);
    if (count) read += *count;
    if (progress) progress(read);
    return count;
  };
}

formats::PlacedSource LocalSource::PlacedBytes(std::function<void(std::uint64_t)> progress) {
  if (held_) return formats::PlacedInMemory(*held_);
  return [this, progress = std::move(progress), read = std::uint64_t{0}](std::uint64_t offset,
                                                                         std::span<char> room) mutable {
    auto count = file_.ReadAt(offset, room);
    if (count) read += *count;
    progress(read);
    return count;
  };
}

Result<void> LocalSource::Hold() {
  std::string bytes;
  std::vector<char> block(1u << 16);
  for (;;) {
    auto count = file_.Read(block);
    if (!count) return std::move(count).error();
    if (*count == 0) break;
    if (bytes.size() + *count > kMostHeld) {
      return MakeError(
          ErrorKind::kTooLong, "input",
          "what is read twice (JSON with something around its records, CSV whose rows are gathered) is held "
          "in memory when it comes from a pipe: at most 256 MiB. Give the file by its name");
    }
    bytes.append(block.data(), *count);
  }
  held_ = std::move(bytes);
  return {};
}

std::string ValueAt::Place(std::string_view pointer) const {
  const json::Position at = json::Locate(text, pointer);
  return std::string(path) + ":" + std::to_string(line + at.line - 1) + ":" + std::to_string(at.column);
}

Issues ValueAt::Placed(Issues issues) const {
  for (Issue& issue : issues) issue.location = Place(issue.location);
  return issues;
}

Result<void> ForEachValue(const Piece& piece, std::string_view path, json::Arena& arena,
                          const std::function<Result<void>(const json::Value&, const ValueAt&)>& each) {
  if (piece.too_long) {
    return Placed(MakeError(ErrorKind::kTooLong, "input", "this is longer than 256 MiB: split it"), path, "",
                  piece.first_line);
  }
  std::string_view rest = piece.text;
  for (std::size_t line = piece.first_line; !rest.empty(); ++line) {
    const std::string_view text = piece.lines ? rest.substr(0, rest.find('\n')) : rest;
    rest.remove_prefix(std::min(text.size() + 1, rest.size()));
    if (piece.lines && text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const auto value = json::Parse(text, arena);
    if (!value) return Placed(value.error(), path, text, line);
    if (auto done = each(*value, {path, text, line}); !done) return done;
  }
  return {};
}

void AppendFindings(const Issues& issues, const std::string& path, std::uint64_t index, const WhereInFile& where,
                    std::string& out) {
  Issues placed = issues;
  for (Issue& issue : placed) {
    const std::string in_file = where ? where(issue.location) : "";
    issue.location = path + ": record " + std::to_string(index) + (in_file.empty() ? "" : " (" + in_file + ")") +
                     (issue.location.empty() ? "" : ": " + issue.location);
  }
  AppendIssues(placed, path, out);
}

}  // namespace throughline::app
