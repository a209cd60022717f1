#include <algorithm>
#include <cstdio>
#include <numeric>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "fhir/json/build.h"
#include "gateway/app/batch/ordered_work.h"
#include "gateway/app/batch/progress.h"
#include "gateway/app/command.h"
#include "gateway/app/mapping/run.h"
#include "mappings/engine/bundle.h"
#include "mappings/engine/to_local.h"
#include "mappings/formats/record_writer.h"

namespace throughline::app {
namespace {

constexpr std::size_t kHeldText = 8u << 20;  // of text that was read and not yet written

// What one value of the input came to: an envelope, a record, or a resource that is yet to find its record.
struct Taken {
  std::optional<std::string> envelope = {};
  std::optional<engine::Unmapped> record = {};
  json::Value loose = {};
};

struct Records {
  json::Arena arena{1u << 16};
  std::vector<Taken> taken = {};
  std::optional<Error> failure = {};  // behind what was taken
  std::uint64_t bytes_read = 0;
};

struct Work {
  Piece piece;
  std::uint64_t bytes_read = 0;  // of all files, at its end
};

// Maps the values of one piece after another; one for each thread.
class BundleMapper {
 public:
  BundleMapper(const Run& run, const std::vector<BatchFile>& files) : run_(&run), files_(&files) {}

  Records operator()(const Work& work) const {
    Records records;
    records.bytes_read = work.bytes_read;
    auto read = ForEachValue(work.piece, (*files_)[work.piece.file].path, records.arena,
                             [&](const json::Value& value) { return Take(value, records); });
    if (!read) records.failure = std::move(read).error();
    return records;
  }

 private:
  Result<void> Take(const json::Value& value, Records& records) const {
    auto content = engine::ReadBundle(value, records.arena);
    if (!content) return std::move(content).error();
    if (content->envelope) {
      records.taken.push_back({.envelope = std::move(content->envelope)});
      return {};
    }
    const bool bundle = value.Get("resourceType").text() == "Bundle";
    const std::vector<json::Value> bodies = run_->stored.CompleteAll(run_->map, content->resources, records.arena);
    for (const json::Value& body : bodies) {
      if (!bundle) records.taken.push_back({.loose = body});
    }
    if (!bundle) return {};
    if (!content->one_record) {
      for (const auto& record : engine::SplitRecords(run_->map, bodies)) Map(record, records);
      return {};
    }
    std::vector<engine::SourceResource> record;
    record.reserve(bodies.size());
    for (const json::Value& body : bodies) record.push_back({{}, body});
    Map(record, records);
    return {};
  }

  void Map(const std::vector<engine::SourceResource>& record, Records& records) const {
    records.taken.push_back({.record = engine::ToLocal(run_->map, record, records.arena)});
  }

  const Run* run_;
  const std::vector<BatchFile>* files_;
};

// Takes what the mappers made, in order, and writes the local file.
class ToLocalRun {
 public:
  ToLocalRun(Run& run, const std::vector<BatchFile>& files)
      : run_(run),
        files_(files),
        bar_(std::accumulate(files.begin(), files.end(), std::uint64_t{0},
                             [](std::uint64_t sum, const BatchFile& file) { return sum + file.bytes; })) {}

  Result<void> Go() {
    std::vector<BundleMapper> mappers;
    for (unsigned i = std::max(1U, std::thread::hardware_concurrency()); i > 0; --i) mappers.emplace_back(run_, files_);
    const auto emit = [this](const Records& records) { return Emit(records); };
    Result<void> read;
    {
      OrderedWork<Work, Records, BundleMapper, const decltype(emit)> work(mappers, emit, kHeldText);
      for (std::size_t file = 0; file < files_.size() && read; ++file) read = ReadOne(file, work);
      work.Finish();
    }
    bar_.Clear();
    if (failure_) return *failure_;
    if (!read) return read;
    return Finish();
  }

 private:
  template <typename Ordered>
  Result<void> ReadOne(std::size_t file, Ordered& work) {
    auto input = InputFile::Open(files_[file].path);
    if (!input) return std::move(input).error();
    PieceReader reader(*std::move(input), file, files_[file].path);
    for (;;) {
      auto piece = reader.Next();
      if (!piece) return std::move(piece).error();
      if (!*piece) break;
      const std::size_t bytes = (*piece)->text.size();
      if (!work.Push({**std::move(piece), bytes_ + reader.bytes_read()}, bytes)) return {};
    }
    bytes_ += reader.bytes_read();
    return {};
  }

  bool Emit(const Records& records) {
    auto taken = TakeAll(records);
    if (taken && records.failure) taken = *records.failure;
    if (!taken) failure_ = std::move(taken).error();
    bar_.Show(records.bytes_read, count_);
    return !failure_;
  }

  Result<void> TakeAll(const Records& records) {
    for (const Taken& taken : records.taken) {
      if (taken.envelope) envelope_ = *taken.envelope;
      if (!taken.loose.is_null()) loose_.push_back(json::Clone(taken.loose, loose_arena_));
      if (!taken.record) continue;
      if (auto written = Write(*taken.record); !written) return written;
    }
    return {};
  }

  // Resources that came one by one were gathered: those that refer to each other are one record.
  Result<void> Finish() {
    json::Arena arena(1u << 16);
    for (const auto& record : engine::SplitRecords(run_.map, loose_)) {
      arena.Reset();
      if (auto written = Write(engine::ToLocal(run_.map, record, arena)); !written) return written;
    }
    if (auto begun = Begin(); !begun) return begun;
    auto ended = writer_->End();
    PrintIssues(writer_->Notices(), run_.path);
    return ended;
  }

  Result<void> Begin() {
    if (writer_) return {};
    writer_.emplace(run_.map.format(), envelope_, [](std::string_view bytes) { return PrintOut(bytes); });
    return writer_->Begin();
  }

  Result<void> Write(const engine::Unmapped& local) {
    if (auto begun = Begin(); !begun) return begun;
    Say(local.issues, count_);
    if (run_.ledger.wanted() && !local.ledger.empty()) {
      std::string lines;
      engine::AppendLedgerLines(local.key.empty() ? std::to_string(count_) : local.key, local.ledger, lines);
      if (auto added = run_.ledger.Add(lines); !added) return added;
    }
    ++count_;
    if (local.record.is_null() || HasErrors(local.issues)) {
      run_.quarantined = true;
      return {};
    }
    auto written = writer_->Write(local.record);
    if (written || written.error().kind != ErrorKind::kInvalid) return written;
    Say(written.error().issues, count_ - 1);
    run_.quarantined = true;
    return {};
  }

  void Say(const Issues& issues, std::uint64_t index) {
    if (issues.empty()) return;
    std::string lines;
    AppendFindings(issues, run_.path, index, {}, lines);
    bar_.Clear();
    std::fwrite(lines.data(), 1, lines.size(), stderr);
  }

  Run& run_;
  const std::vector<BatchFile>& files_;
  ProgressBar bar_;
  std::uint64_t bytes_ = 0;  // of the files that were read to their end
  std::optional<Error> failure_;
  std::string envelope_;
  std::optional<formats::RecordWriter> writer_;
  std::uint64_t count_ = 0;
  std::vector<json::Value> loose_;
  json::Arena loose_arena_;
};

}  // namespace

Result<void> RunToLocal(Run& run) {
  const auto files = ListFiles({run.path});
  if (!files) return files.error();
  return ToLocalRun(run, *files).Go();
}

}  // namespace throughline::app
