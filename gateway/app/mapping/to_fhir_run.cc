#include <algorithm>
#include <cstdio>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "certs/ids.h"
#include "gateway/app/batch/ordered_work.h"
#include "gateway/app/batch/progress.h"
#include "gateway/app/command.h"
#include "gateway/app/mapping/run.h"
#include "mappings/engine/bundle.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/formats/record_reader.h"

namespace throughline::app {
namespace {

constexpr std::size_t kBatchBytes = 256u << 10;
constexpr std::size_t kHeldBytes = 8u << 20;  // of batches that were read and not yet written

// Records that were read together, with the memory of their values.
struct RecordBatch {
  json::Arena arena{kBatchBytes};
  std::vector<formats::Record> records = {};
  std::uint64_t bytes_read = 0;  // of the file, at its end
};

struct Written {
  std::string bundles;
  std::string findings;
  std::string ledger;
  bool quarantined = false;
  std::size_t records = 0;
  std::uint64_t bytes_read = 0;
};

// Maps the records of one batch after another; one for each thread.
class RecordMapper {
 public:
  RecordMapper(const Run& run, const formats::RecordReader& reader) : run_(&run), reader_(&reader) {}

  Written operator()(const RecordBatch& batch) {
    Written written;
    written.bytes_read = batch.bytes_read;
    written.records = batch.records.size();
    for (const formats::Record& record : batch.records) Map(record, written);
    return written;
  }

 private:
  void Map(const formats::Record& record, Written& written) {
    arena_.Reset();
    engine::Mapped mapped;
    if (record.error) {
      mapped.verdict = engine::Verdict::kQuarantine;
      mapped.issues = record.error->issues;
      mapped.ledger.push_back(
          {"", "/" + std::to_string(record.index), engine::LedgerKind::kQuarantined,
           "the record cannot be read" + (mapped.issues.empty() ? "" : ": " + mapped.issues.front().rule)});
    } else {
      mapped = engine::ToFhir(run_->map, record.value, ids_, arena_, engine::ReferenceStyle::kUrn);
    }
    const std::string name = mapped.key.empty() ? std::to_string(record.index) : mapped.key;
    if (!mapped.issues.empty()) {
      const auto where = [&](std::string_view pointer) { return reader_->Where(record, pointer); };
      AppendFindings(mapped.issues, run_->path, record.index, where, written.findings);
    }
    const bool kept = mapped.verdict == engine::Verdict::kMapped;
    std::vector<engine::MappedResource> gone;
    if (kept) gone = run_->stored.Complete(run_->map, ids_, mapped, arena_);
    if (run_->ledger.wanted()) engine::AppendLedgerLines(name, mapped.ledger, written.ledger);
    written.quarantined = written.quarantined || !kept;
    if (kept) engine::WriteRecordBundle(run_->map, mapped, gone, written.bundles);
  }

  const Run* run_;
  const formats::RecordReader* reader_;
  certs::NameIdSource ids_;
  json::Arena arena_{1u << 16};
};

class ToFhirRun {
 public:
  ToFhirRun(Run& run, LocalSource source)
      : run_(run), format_(FormatOf(run.map, run.path)), source_(std::move(source)), bar_(source_.total_bytes()) {}

  Result<void> Go() {
    if (format_.syntax == formats::Syntax::kJson) {
      if (auto around = WriteEnvelope(); !around) return around;
    }
    auto mapped = MapAll();
    bar_.Clear();
    return mapped;
  }

 private:
  // What stands around the records of a JSON file is known only when it was read to its end.
  Result<void> WriteEnvelope() {
    if (auto twice = Twice(); !twice) return twice;
    auto envelope =
        formats::ReadEnvelope(format_, source_.Bytes([this](std::uint64_t bytes) { bar_.Show(bytes); }), {});
    if (!envelope) return InFile(std::move(envelope).error(), run_.path);
    source_.Rewind();
    return PrintEnvelope(*envelope);
  }

  Result<void> Twice() { return source_.Rewind() ? Result<void>() : source_.Hold(); }

  Result<void> PrintEnvelope(std::string_view envelope) {
    std::string line;
    engine::WriteEnvelopeBundle(run_.map, envelope, line);
    return PrintOut(line);
  }

  // Rows of one record are gathered, for which the file is looked through before; others are read once.
  Result<formats::RecordReader> OpenReader() {
    if (format_.syntax != formats::Syntax::kCsv || format_.csv.rows.empty()) {
      return formats::RecordReader(format_, source_.Bytes([this](std::uint64_t bytes) { bytes_read_ = bytes; }));
    }
    if (auto twice = Twice(); !twice) return std::move(twice).error();
    looking_ = true;
    auto reader = formats::GatheringReader(format_, source_.PlacedBytes([this](std::uint64_t bytes) {
      if (looking_) looked_at_ = bytes;
      bytes_read_ = bytes - looked_at_;
      if (looking_) bar_.Show(bytes);
    }));
    looking_ = false;
    return reader;
  }

  Result<void> MapAll() {
    auto opened = OpenReader();
    if (!opened) return InFile(std::move(opened).error(), run_.path);
    formats::RecordReader& reader = *opened;
    if (format_.syntax == formats::Syntax::kCsv) {
      if (auto begun = reader.Begin(); !begun) return InFile(std::move(begun).error(), run_.path);
      if (auto printed = PrintEnvelope(reader.envelope()); !printed) return printed;
    }
    std::vector<RecordMapper> mappers;
    for (unsigned i = std::max(1U, std::thread::hardware_concurrency()); i > 0; --i) mappers.emplace_back(run_, reader);
    const auto emit = [this](const Written& written) { return Emit(written); };
    Result<void> read;
    {
      OrderedWork<RecordBatch, Written, RecordMapper, const decltype(emit)> work(mappers, emit, kHeldBytes);
      read = ReadAll(reader, work);
      work.Finish();
    }
    if (!printed_) return MakeError(ErrorKind::kUnavailable, "output", "standard output cannot be written");
    if (!ledgered_) return ledgered_;
    if (!read) return read;
    bar_.Clear();
    PrintIssues(reader.Notices(), run_.path);
    return {};
  }

  template <typename Work>
  Result<void> ReadAll(formats::RecordReader& reader, Work& work) {
    const bool csv = format_.syntax == formats::Syntax::kCsv;
    for (bool more = true; more;) {
      RecordBatch batch;
      std::optional<Error> failure;
      while (more && batch.arena.bytes_used() < kBatchBytes && batch.records.size() < 1000) {
        auto record = reader.Next(batch.arena);
        if (!record) {
          failure = std::move(record).error();
          more = false;
          break;
        }
        more = record->has_value();
        if (!more) break;
        batch.records.push_back(**std::move(record));
        std::string_view& bytes = batch.records.back().bytes;
        bytes = csv ? "" : batch.arena.Copy(bytes);
      }
      batch.bytes_read = bytes_read_;
      const std::size_t bytes = std::max(batch.arena.bytes_used(), kBatchBytes / 4);
      if (!work.Push(std::move(batch), bytes)) return {};
      if (failure) return InFile(*std::move(failure), run_.path);
    }
    return {};
  }

  bool Emit(const Written& written) {
    records_ += written.records;
    run_.quarantined = run_.quarantined || written.quarantined;
    if (!written.findings.empty()) {
      bar_.Clear();
      std::fwrite(written.findings.data(), 1, written.findings.size(), stderr);
    }
    printed_ = static_cast<bool>(PrintOut(written.bundles));
    ledgered_ = run_.ledger.Add(written.ledger);
    bar_.Show(written.bytes_read, records_);
    return printed_ && ledgered_;
  }

  Run& run_;
  const formats::RecordFormat format_;
  LocalSource source_;
  ProgressBar bar_;
  bool looking_ = false;  // for the order of rows
  std::uint64_t looked_at_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t records_ = 0;
  bool printed_ = true;
  Result<void> ledgered_;
};

}  // namespace

Result<void> RunToFhir(Run& run) {
  auto source = LocalSource::Open(run.path);
  if (!source) return std::move(source).error();
  return ToFhirRun(run, *std::move(source)).Go();
}

}  // namespace throughline::app
