#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "certs/ids.h"
#include "fhir/json/build.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "gateway/app/command.h"
#include "gateway/app/compose.h"
#include "gateway/app/files.h"
#include "mappings/engine/bundle.h"
#include "mappings/engine/ledger.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/engine/to_local.h"
#include "mappings/formats/record_reader.h"
#include "mappings/formats/record_writer.h"

namespace throughline::app {
namespace {

namespace fs = std::filesystem;

Error Usage(std::string text) { return MakeError(ErrorKind::kInvalid, "usage", std::move(text)); }

Result<void> Print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size()) return {};
  return MakeError(ErrorKind::kUnavailable, "output", "standard output cannot be written");
}

// The loss ledger of a run, and whether anything was kept out.
class Ledger {
 public:
  explicit Ledger(const std::string& path) : path_(path), text_(engine::LedgerHeader()) {}

  void Add(std::string_view record, std::span<const engine::LedgerRow> rows) {
    if (!path_.empty()) engine::AppendLedgerLines(record, rows, text_);
  }
  Result<void> Write() const { return path_.empty() ? Result<void>() : WriteFile(path_, text_); }

 private:
  std::string path_;
  std::string text_;
};

// Opens `path` for each pass over it; standard input is read into memory for the first one.
class Source {
 public:
  explicit Source(std::string path) : path_(std::move(path)) {}

  Result<formats::ByteSource> Open() {
    if (path_ != "-") {
      auto file = InputFile::Open(path_);
      if (!file) return std::move(file).error();
      file_.emplace(*std::move(file));
      return formats::ByteSource([this](std::span<char> room) { return file_->Read(room); });
    }
    if (!standard_input_) {
      auto bytes = ReadFile(path_);
      if (!bytes) return std::move(bytes).error();
      standard_input_ = *std::move(bytes);
    }
    return formats::FromMemory(*standard_input_);
  }

  // The same to be read in any order.
  Result<formats::PlacedSource> OpenPlaced() {
    auto bytes = Open();
    if (!bytes) return std::move(bytes).error();
    if (standard_input_) return formats::PlacedInMemory(*standard_input_);
    return formats::PlacedSource(
        [this](std::uint64_t offset, std::span<char> room) { return file_->ReadAt(offset, room); });
  }

 private:
  std::string path_;
  std::optional<InputFile> file_;
  std::optional<std::string> standard_input_;
};

Result<std::string> EnvelopeOf(const engine::Map& map, Source& source) {
  if (map.format().syntax == formats::Syntax::kNdjson) return std::string();
  auto bytes = source.Open();
  if (!bytes) return std::move(bytes).error();
  return formats::ReadEnvelope(map.format(), *std::move(bytes), {});
}

// Rows of one record are gathered; other formats are read once, from front to back.
Result<formats::RecordReader> OpenReader(const formats::RecordFormat& format, Source& source) {
  if (format.syntax == formats::Syntax::kCsv && !format.csv.rows.empty()) {
    auto placed = source.OpenPlaced();
    if (!placed) return std::move(placed).error();
    return formats::GatheringReader(format, *std::move(placed));
  }
  auto bytes = source.Open();
  if (!bytes) return std::move(bytes).error();
  return formats::RecordReader(format, *std::move(bytes));
}

// Where a finding is, for the person who runs the command: the file, the record, the place in it.
void PrintFindings(const Issues& issues, const std::string& path, std::uint64_t index) {
  Issues placed = issues;
  for (Issue& issue : placed) {
    issue.location = path + ": record " + std::to_string(index) + (issue.location.empty() ? "" : ": " + issue.location);
  }
  PrintIssues(placed, path);
}

// Resources that are stored already, by "Type/id".
using Stored = std::map<std::string, std::string>;

std::string ReferenceOf(const json::Value& resource) {
  return std::string(resource.Get("resourceType").text()) + "/" + std::string(resource.Get("id").text());
}

// Calls `each` for every JSON value of a file (NDJSON or one document) or of the files of a folder.
Result<void> ForEachValue(const std::string& path,
                          const std::function<Result<void>(const json::Value&, json::Arena&)>& each) {
  std::vector<std::string> files{path};
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    files.clear();
    for (const auto& entry : fs::directory_iterator(path, ignored)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
  }
  for (const std::string& file : files) {
    auto bytes = ReadFile(file);
    if (!bytes) return std::move(bytes).error();
    json::Arena arena(1 << 16);
    if (auto whole = json::Parse(*bytes, arena)) {
      if (auto done = each(*whole, arena); !done) return done;
      continue;
    }
    formats::RecordFormat format;
    format.syntax = formats::Syntax::kNdjson;
    formats::RecordReader lines(format, formats::FromMemory(*bytes), {.record_bytes = 32u << 20});
    for (;;) {
      arena.Reset();
      auto line = lines.Next(arena);
      if (!line) return std::move(line).error();
      if (!*line) break;
      if ((*line)->error) return *std::move((*line)->error);
      if (auto done = each((*line)->value, arena); !done) return done;
    }
  }
  return {};
}

Result<Stored> LoadStored(const std::string& path) {
  Stored stored;
  if (path.empty()) return stored;
  auto read = ForEachValue(path, [&](const json::Value& value, json::Arena&) -> Result<void> {
    auto content = engine::ReadBundle(value);
    if (!content) return std::move(content).error();
    for (const engine::SourceResource& one : content->resources)
      stored[ReferenceOf(one.body)] = json::ToString(one.body);
    return {};
  });
  if (!read) return std::move(read).error();
  return stored;
}

struct Run {
  const engine::Map& map;
  std::string path;
  Ledger& ledger;
  Stored stored;
  bool quarantined = false;
};

// `body` with what the stored resource holds beside what the map covers.
json::Value Complete(const Run& run, std::string_view place, const json::Value& body, json::Arena& arena) {
  const auto found = run.stored.find(ReferenceOf(body));
  if (found == run.stored.end()) return body;
  auto stored = json::Parse(found->second, arena);
  return stored ? engine::Merge(run.map, place, *stored, body, arena) : body;
}

Result<void> RecordToFhir(Run& run, const formats::Record& record, const IdSource& ids, json::Arena& arena) {
  engine::Mapped mapped;
  if (record.error) {
    mapped.verdict = engine::Verdict::kQuarantine;
    mapped.issues = record.error->issues;
    mapped.ledger.push_back(
        {"", "/" + std::to_string(record.index), engine::LedgerKind::kQuarantined, "the record cannot be read"});
  } else {
    mapped = engine::ToFhir(run.map, record.value, ids, arena, engine::ReferenceStyle::kUrn);
  }
  const std::string name = mapped.key.empty() ? std::to_string(record.index) : mapped.key;
  PrintFindings(mapped.issues, run.path, record.index);
  if (mapped.verdict != engine::Verdict::kMapped) {
    run.quarantined = true;
    run.ledger.Add(name, mapped.ledger);
    return {};
  }
  run.ledger.Add(name, mapped.ledger);
  for (engine::MappedResource& made : mapped.resources) made.body = Complete(run, made.place, made.body, arena);
  std::string line;
  engine::WriteRecordBundle(run.map, mapped, line);
  return Print(line);
}

Result<void> ToFhirRun(Run& run) {
  Source source(run.path);
  auto envelope = EnvelopeOf(run.map, source);
  if (!envelope) return std::move(envelope).error();
  std::string head;
  engine::WriteEnvelopeBundle(run.map, *envelope, head);
  if (auto printed = Print(head); !printed) return printed;
  auto reader = OpenReader(run.map.format(), source);
  if (!reader) return std::move(reader).error();
  const certs::NameIdSource ids;
  json::Arena arena(1 << 16);
  for (;;) {
    arena.Reset();
    auto record = reader->Next(arena);
    if (!record) return std::move(record).error();
    if (!*record) {
      PrintIssues(reader->Notices(), run.path);
      return {};
    }
    if (auto mapped = RecordToFhir(run, **record, ids, arena); !mapped) return mapped;
  }
}

// Turns NDJSON bundles, a Bundle or a folder of resources into a local file.
class LocalRun {
 public:
  explicit LocalRun(Run& run) : run_(run) {}

  Result<void> Take(const json::Value& value, json::Arena& arena) {
    auto content = engine::ReadBundle(value);
    if (!content) return std::move(content).error();
    if (content->envelope) {
      envelope_ = *std::move(content->envelope);
      return {};
    }
    const bool bundle = value.Get("resourceType").text() == "Bundle";
    std::vector<json::Value> bodies;
    for (const engine::SourceResource& one : content->resources) {
      const json::Value body = Complete(run_, one.place, one.body, arena);
      if (bundle) bodies.push_back(body);
      if (!bundle) loose_.push_back(json::Clone(body, loose_arena_));
    }
    if (!content->one_record) return WriteRecords(bodies, arena);
    std::vector<engine::SourceResource> record;
    for (const json::Value& body : bodies) record.push_back({{}, body});
    return Write(record, arena);
  }

  // Resources that came one by one are gathered: those that refer to each other are one record.
  Result<void> Finish() {
    if (auto written = WriteRecords(loose_, loose_arena_); !written) return written;
    if (auto begun = Begin(); !begun) return begun;
    auto ended = writer_->End();
    PrintIssues(writer_->Notices(), run_.path);
    return ended;
  }

 private:
  Result<void> Begin() {
    if (writer_) return {};
    writer_.emplace(run_.map.format(), envelope_, [](std::string_view bytes) { return Print(bytes); });
    return writer_->Begin();
  }

  Result<void> WriteRecords(const std::vector<json::Value>& bodies, json::Arena& arena) {
    for (const auto& record : engine::SplitRecords(run_.map, bodies)) {
      if (auto written = Write(record, arena); !written) return written;
    }
    return {};
  }

  Result<void> Write(const std::vector<engine::SourceResource>& record, json::Arena& arena) {
    if (auto begun = Begin(); !begun) return begun;
    const engine::Unmapped local = engine::ToLocal(run_.map, record, arena);
    PrintFindings(local.issues, run_.path, count_);
    run_.ledger.Add(local.key.empty() ? std::to_string(count_) : local.key, local.ledger);
    ++count_;
    if (local.record.is_null() || HasErrors(local.issues)) {
      run_.quarantined = true;
      return {};
    }
    auto written = writer_->Write(local.record);
    if (written || written.error().kind != ErrorKind::kInvalid) return written;
    PrintFindings(written.error().issues, run_.path, count_ - 1);
    run_.quarantined = true;
    return {};
  }

  Run& run_;
  std::string envelope_;
  std::optional<formats::RecordWriter> writer_;
  std::uint64_t count_ = 0;
  std::vector<json::Value> loose_;
  json::Arena loose_arena_;
};

Result<void> ToLocalRun(Run& run) {
  LocalRun local(run);
  auto read =
      ForEachValue(run.path, [&](const json::Value& value, json::Arena& arena) { return local.Take(value, arena); });
  if (!read) return read;
  return local.Finish();
}

}  // namespace

int MapRun(const Invocation& invocation) {
  const std::string to = invocation.Value("to");
  if (invocation.arguments.empty() || invocation.arguments.size() > 2 || (to != "fhir" && to != "local")) {
    return CouldNotRun(Usage("say: throughline map run MAP --to fhir|local [FILE|-]"));
  }
  auto map = LoadMapFile(invocation.arguments.front());
  if (!map) return CouldNotRun(map.error());
  Ledger ledger(invocation.Value("ledger"));
  auto stored = LoadStored(invocation.Value("onto"));
  if (!stored) return CouldNotRun(stored.error());
  Run run{*map, invocation.arguments.size() > 1 ? invocation.arguments[1] : "-", ledger, *std::move(stored)};
  auto ran = to == "fhir" ? ToFhirRun(run) : ToLocalRun(run);
  std::fflush(stdout);
  if (auto written = ledger.Write(); !written) return CouldNotRun(written.error());
  if (!ran) return CouldNotRun(ran.error());
  return run.quarantined ? kFindings : kFine;
}

}  // namespace throughline::app
