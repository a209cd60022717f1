#include <algorithm>
#include <cstdio>
#include <numeric>
#include <optional>
#include <set>
#include <string>
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

// What one value of the input came to: an envelope, a record, a resource that is yet to find its record, or findings.
struct Taken {
  std::string place = {};  // where it stands
  std::optional<std::string> envelope = {};
  std::optional<engine::Unmapped> record = {};
  json::Value loose = {};
  std::string other_map = {};  // for which it was written
  Issues issues = {};
};

Issue BundleIssue(Severity severity, std::string place, std::string text) {
  Issue issue;
  issue.severity = severity;
  issue.rule = "map-bundle";
  issue.location = std::move(place);
  issue.text = std::move(text);
  return issue;
}

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
                             [&](const json::Value& value, const ValueAt& at) -> Result<void> {
                               Take(value, at, records);
                               return {};
                             });
    if (!read) records.failure = std::move(read).error();
    return records;
  }

 private:
  void Take(const json::Value& value, const ValueAt& at, Records& records) const {
    auto content = engine::ReadBundle(value, records.arena);
    if (!content) return records.taken.push_back({.issues = at.Placed(content.error().issues)});
    if (!content->issues.empty()) records.taken.push_back({.issues = at.Placed(std::move(content->issues))});
    TakeEnvelope(*content, at, records);
    if (content->one_record && content->record_map != run_->map.name())
      records.taken.push_back({.place = at.Place(""), .other_map = content->record_map});
    const std::vector<json::Value> bodies = run_->stored.CompleteAll(run_->map, content->resources, records.arena);
    if (value.Get("resourceType").text() != "Bundle") {
      for (const json::Value& body : bodies) records.taken.push_back({.loose = body});
    } else if (content->one_record) {
      std::vector<engine::SourceResource> record;
      record.reserve(bodies.size());
      for (const json::Value& body : bodies) record.push_back({{}, body});
      if (!bodies.empty() || content->gone.empty()) Map(record, at, records);
    } else if (!bodies.empty()) {
      const auto split = engine::SplitRecords(run_->map, bodies);
      for (const auto& record : split) Map(record, at, records);
      if (split.empty()) Map({}, at, records);
    }
  }

  void TakeEnvelope(engine::BundleContent& content, const ValueAt& at, Records& records) const {
    if (!content.envelope) return;
    Taken taken{.place = at.Place("")};
    if (content.envelope_map == run_->map.name()) {
      taken.envelope = std::move(content.envelope);
    } else {
      taken.issues.push_back(BundleIssue(Severity::kWarning, taken.place,
                                         "what stood around the records of the map '" + content.envelope_map +
                                             "' is not written: this is another map"));
    }
    records.taken.push_back(std::move(taken));
  }

  void Map(const std::vector<engine::SourceResource>& record, const ValueAt& at, Records& records) const {
    records.taken.push_back({.place = at.Place(""), .record = engine::ToLocal(run_->map, record, records.arena)});
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
      Say(taken.issues);
      if (taken.envelope) TakeEnvelope(taken);
      if (!taken.other_map.empty() && other_maps_.insert(taken.other_map).second) {
        Say({BundleIssue(Severity::kWarning, taken.place,
                         "this was written for the map '" + taken.other_map + "'; what fits is read (said once)")});
      }
      if (!taken.loose.is_null()) loose_.push_back(json::Clone(taken.loose, loose_arena_));
      if (!taken.record) continue;
      if (auto written = Write(*taken.record, taken.place); !written) return written;
    }
    return {};
  }

  void TakeEnvelope(const Taken& taken) {
    if ((writer_ || !envelope_.empty()) && envelope_ != *taken.envelope) {
      return Say({BundleIssue(Severity::kWarning, taken.place,
                              "what stood around these records is not written: there are others before them")});
    }
    envelope_ = *taken.envelope;
    envelope_place_ = taken.place;
  }

  // Resources that came one by one were gathered: those that refer to each other are one record.
  Result<void> Finish() {
    json::Arena arena(1u << 16);
    const auto records = engine::SplitRecords(run_.map, loose_);
    if (records.empty() && !loose_.empty()) {
      Say({BundleIssue(Severity::kError, run_.path,
                       "none of these resources is one that the map '" + std::string(run_.map.name()) + "' makes")});
    }
    for (const auto& record : records) {
      arena.Reset();
      if (auto written = Write(engine::ToLocal(run_.map, record, arena), run_.path); !written) return written;
    }
    if (auto begun = Begin(); !begun) return begun;
    auto ended = writer_->End();
    PrintIssues(writer_->Notices(), run_.path);
    return ended;
  }

  Result<void> Begin() {
    if (writer_) return {};
    writer_.emplace(run_.map.format(), envelope_, [](std::string_view bytes) { return PrintOut(bytes); });
    auto begun = writer_->Begin();
    return begun || envelope_place_.empty() ? begun : InFile(std::move(begun).error(), envelope_place_);
  }

  Result<void> Write(const engine::Unmapped& local, const std::string& place) {
    if (auto begun = Begin(); !begun) return begun;
    const std::string name = place + ": record " + std::to_string(count_);
    Issues issues = local.issues;
    std::vector<engine::LedgerRow> ledger = local.ledger;
    if (auto why = engine::WhyNoRecord(run_.map, local)) {
      ledger.push_back({"", "", engine::LedgerKind::kQuarantined, why->rule + ": " + why->text});
      issues.push_back(*std::move(why));
    }
    SayOf(name, issues);
    if (run_.ledger.wanted() && !ledger.empty()) {
      std::string lines;
      engine::AppendLedgerLines(local.key.empty() ? std::to_string(count_) : local.key, ledger, lines);
      if (auto added = run_.ledger.Add(lines); !added) return added;
    }
    ++count_;
    if (HasErrors(issues)) return {};
    auto written = writer_->Write(local.record);
    if (written || written.error().kind != ErrorKind::kInvalid) return written;
    SayOf(name, written.error().issues);
    return {};
  }

  // Findings in a record.
  void SayOf(const std::string& name, Issues issues) {
    for (Issue& issue : issues) issue.location = name + (issue.location.empty() ? "" : ": " + issue.location);
    Say(issues);
  }

  void Say(const Issues& issues) {
    run_.quarantined = run_.quarantined || HasErrors(issues);
    if (issues.empty()) return;
    bar_.Clear();
    PrintIssues(issues, run_.path);
  }

  Run& run_;
  const std::vector<BatchFile>& files_;
  ProgressBar bar_;
  std::uint64_t bytes_ = 0;  // of the files that were read to their end
  std::optional<Error> failure_;
  std::string envelope_;
  std::string envelope_place_;
  std::set<std::string> other_maps_;
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
