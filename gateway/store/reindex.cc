#include "gateway/store/reindex.h"

#include <optional>
#include <utility>
#include <vector>

#include "fhir/json/parse.h"
#include "gateway/store/draft.h"
#include "gateway/store/index.h"
#include "gateway/store/store.h"

namespace throughline::store {
namespace {

constexpr std::size_t kBatchBytes = 8u << 20;

struct Batch {
  std::vector<std::pair<IndexEntry, Draft>> entries;
  IndexState state;  // once they are stored
};

class Reindexer {
 public:
  Reindexer(Store& store, const Drafter& drafter, const std::function<bool(const ReindexProgress&)>& go_on,
            std::size_t batch)
      : store_(store), drafter_(drafter), go_on_(go_on), batch_(batch) {}

  Result<ReindexReport> Run() {
    if (auto started = ReadState(); !started) return std::move(started).error();
    if (state_.whole) return report_;
    for (;;) {
      auto batch = NextBatch();
      if (!batch) return std::move(batch).error();
      if (auto stored = Finish(); !stored) return std::move(stored).error();
      if (!report_.finished) return report_;
      const bool last = batch->state.whole;
      Start(*std::move(batch));
      if (!last) continue;
      if (auto stored = Finish(); !stored) return std::move(stored).error();
      return report_;
    }
  }

 private:
  Result<void> ReadState() {
    return store_.Read([this](const Snapshot& snapshot) -> Result<void> {
      auto state = snapshot.index().State();
      if (!state) return std::move(state).error();
      auto last = snapshot.index().LastPlace();
      if (!last) return std::move(last).error();
      last_place_ = *last;
      state_ = *std::move(state);
      if (state_.fingerprint != drafter_.fingerprint()) state_ = {drafter_.fingerprint(), false, 0};
      return {};
    });
  }

  // The resources behind those that were taken last, drafted while the writer is busy with those.
  Result<Batch> NextBatch() {
    std::vector<IndexEntry> entries;
    auto read = store_.Read([&](const Snapshot& snapshot) -> Result<void> {
      auto found = snapshot.index().After(state_.reached, batch_, kBatchBytes);
      if (!found) return std::move(found).error();
      entries = *std::move(found);
      return {};
    });
    if (!read) return std::move(read).error();
    state_.whole = entries.empty();
    if (!entries.empty()) state_.reached = entries.back().place;
    Batch batch{{}, state_};
    for (IndexEntry& entry : entries) {
      const auto document = json::ParseDocument(entry.body);
      auto draft = document ? drafter_.Make(document->root, entry.id) : Result<Draft>(document.error());
      if (!draft) {
        ++report_.passed_over;
        continue;
      }
      entry.body.clear();
      batch.entries.emplace_back(std::move(entry), *std::move(draft));
    }
    return batch;
  }

  void Start(Batch batch) {
    in_flight_size_ = batch.entries.size();
    in_flight_ = store_.Submit([batch = std::move(batch)](Transaction& transaction) -> Result<void> {
      for (const auto& [entry, draft] : batch.entries) {
        if (auto done = transaction.index().Replace(entry, draft); !done) return done;
      }
      return transaction.index().Keep(batch.state);
    });
  }

  // Waits for the batch that is on its way.
  Result<void> Finish() {
    if (!in_flight_.valid()) return {};
    if (auto stored = in_flight_.get(); !stored) return stored;
    report_.resources += in_flight_size_;
    const auto percent = last_place_ == 0 ? 100 : std::min<std::int64_t>(100, state_.reached * 100 / last_place_);
    report_.finished = state_.whole || go_on_({report_.resources, static_cast<unsigned>(percent)});
    return {};
  }

  Store& store_;
  const Drafter& drafter_;
  const std::function<bool(const ReindexProgress&)>& go_on_;
  const std::size_t batch_;
  IndexState state_;  // when all that was read is stored
  std::int64_t last_place_ = 0;
  std::future<Result<void>> in_flight_;
  std::size_t in_flight_size_ = 0;
  ReindexReport report_;
};

}  // namespace

Result<ReindexReport> Reindex(Store& store, const Drafter& drafter,
                              const std::function<bool(const ReindexProgress&)>& go_on, std::size_t batch) {
  return Reindexer(store, drafter, go_on, batch).Run();
}

}  // namespace throughline::store
