// The one thread that writes: takes what is queued, runs each piece inside a savepoint, commits them together, and
// folds the log in between.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "gateway/store/session.h"
#include "gateway/store/store.h"

namespace throughline::store {

class Writer {
 public:
  Writer(const Options& options, const Clock& clock, std::unique_ptr<sql::Connection> connection);
  // Finishes what is queued.
  ~Writer();

  std::future<Result<void>> Submit(std::unique_ptr<Work> work);
  Counters counters() const;
  Health health() const { return health_.load(std::memory_order_relaxed); }
  // A reader found the database damaged.
  void Poison() { health_.store(Health::kPoisoned, std::memory_order_relaxed); }

 private:
  struct Item {
    std::unique_ptr<Work> work;
    std::promise<Result<void>> answer;
    std::optional<Error> error;
  };
  using Items = std::vector<Item>;

  void Run();
  bool WaitForWork();
  std::size_t TakeWaiting(std::size_t most, Items& group);
  void RunGroup();
  Result<void> RunItems(Items& group);
  Result<void> RunItem(Item& item);
  void Answer(Items& group, const Result<void>& committed);
  void NoteTrouble();
  void CheckpointWhenDue(bool idle);

  const Options options_;
  const Clock& clock_;
  std::unique_ptr<sql::Connection> connection_;
  WriteSession session_;

  std::mutex mutex_;
  std::condition_variable work_came_;
  std::condition_variable place_came_;
  std::deque<Item> waiting_;
  bool closing_ = false;

  std::atomic<Health> health_{Health::kReady};
  std::atomic<std::uint64_t> items_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> groups_{0};
  std::atomic<std::uint64_t> checkpoints_{0};
  std::atomic<std::uint64_t> largest_group_{0};
  std::atomic<std::uint64_t> log_bytes_{0};
  std::thread thread_;  // the last member: it uses all others
};

}  // namespace throughline::store
