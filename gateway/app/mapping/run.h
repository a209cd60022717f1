// One run of `map run`: what its two directions share.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/base/id_source.h"
#include "fhir/base/result.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "gateway/app/batch/input.h"
#include "gateway/app/files.h"
#include "mappings/engine/ledger.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/engine/to_local.h"
#include "mappings/formats/record_format.h"
#include "mappings/plan/map.h"

namespace throughline::app {

// Writes to standard output. kUnavailable: it takes no more.
Result<void> PrintOut(std::string_view text);

// How the records of a file stand in it: as the map says, but that a file called *.ndjson holds records of a JSON map a
// line each.
formats::RecordFormat FormatOf(const plan::Map& map, std::string_view path);

// `error` with the file's name before its places.
Error InFile(Error error, const std::string& path);

// The loss ledger of a run; its lines go to the file as they come.
class LedgerFile {
 public:
  // An empty path: nobody wants one.
  static Result<LedgerFile> Open(const std::string& path);

  bool wanted() const { return file_.has_value(); }
  // Lines as engine::AppendLedgerLines made them.
  Result<void> Add(std::string_view lines) { return file_ ? file_->Write(lines) : Result<void>(); }
  Result<void> Finish() { return file_ ? file_->Finish() : Result<void>(); }

 private:
  std::optional<OutputFile> file_;
};

// A local file that is read twice where its format asks for that: what stands around the records comes first.
class LocalSource {
 public:
  // "-" is standard input.
  static Result<LocalSource> Open(const std::string& path);

  // Bytes from where it stands; `progress` is told how many were read.
  formats::ByteSource Bytes(std::function<void(std::uint64_t)> progress = {});
  // The same bytes to be read in any order; not of a pipe that is not held.
  formats::PlacedSource PlacedBytes(std::function<void(std::uint64_t)> progress);
  // Back to the start, for another pass. False: it is a pipe, and is to be held first.
  bool Rewind() { return held_ || file_.Rewind(); }
  // Reads all into memory. kTooLong: that is over 256 MiB.
  Result<void> Hold();
  std::uint64_t total_bytes() const { return total_; }  // 0: not known

 private:
  LocalSource(InputFile file, std::uint64_t total) : file_(std::move(file)), total_(total) {}

  InputFile file_;
  std::uint64_t total_;
  std::optional<std::string> held_;
};

// A JSON value in a file.
struct ValueAt {
  std::string_view path;  // of the file
  std::string_view text;
  std::size_t line = 1;  // on which it begins

  // "FILE:LINE:COLUMN" of what a JSON pointer names in it.
  std::string Place(std::string_view pointer) const;
  // Findings in it, whose locations are JSON pointers, with their places in the file.
  Issues Placed(Issues issues) const;
};

// Calls `each` for the values of a piece: a document, or lines of NDJSON; they live in `arena`. `path` names the file
// in findings. kInvalid: a value is no JSON; kTooLong.
Result<void> ForEachValue(const Piece& piece, std::string_view path, json::Arena& arena,
                          const std::function<Result<void>(const json::Value&, const ValueAt&)>& each);

// Resources that are stored already (`--onto`): kept in memory.
class StoredResources {
 public:
  // Nothing is stored when `path` is empty.
  static Result<StoredResources> Load(const std::string& path, const plan::Map& map);

  // Writes what a record makes onto what is stored of it: see engine/onto.h. Gives the stored resources that it no
  // longer makes. Views live as long as the arena. Safe from several threads.
  std::vector<engine::MappedResource> Complete(const plan::Map& map, const IdSource& ids, engine::Mapped& mapped,
                                               json::Arena& arena) const;
  // Resources that are to be read, each written onto what is stored of it.
  std::vector<json::Value> CompleteAll(const plan::Map& map, std::span<const engine::SourceResource> resources,
                                       json::Arena& arena) const;
  // How many stand there several times, and not the same: of each the newest is taken, by meta.lastUpdated, else the
  // last. What several records make (a person) is in each of them, so there each says what it knows.
  std::size_t several() const { return several_.size(); }

 private:
  void Keep(const plan::Map& map, const json::Value& body);

  std::map<std::string, std::string, std::less<>> bodies_;  // by "Type/id"
  std::vector<std::vector<std::string>> records_;           // each the names of its resources
  std::unordered_map<std::string, std::size_t> record_of_;  // by the name of a resource that is its alone
  std::set<std::string> several_;
};

// Where findings in a record are: the file, the record, the place in it; as lines for standard error. `where`: for a
// place in the record, where it stands in the file ("line 6, column BT"), or "".
using WhereInFile = std::function<std::string(std::string_view pointer)>;
void AppendFindings(const Issues& issues, const std::string& path, std::uint64_t index, const WhereInFile& where,
                    std::string& out);

struct Run {
  const plan::Map& map;
  std::string path;
  LedgerFile& ledger;
  StoredResources stored;
  bool quarantined = false;
};

// A local file to NDJSON, and back.
Result<void> RunToFhir(Run& run);
Result<void> RunToLocal(Run& run);

}  // namespace throughline::app
