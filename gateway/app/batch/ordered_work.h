// Work on all cores, with results in the order the work was given.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace throughline::app {

// `Worker`: made once a thread, called with an Input, gives an Output. `Emit`: called with each Output, one at a time
// and in order, on some thread; false stops everything.
template <typename Input, typename Output, typename Worker, typename Emit>
class OrderedWork {
 public:
  // At most `room` bytes are given and not yet emitted (or one input, if it is larger).
  OrderedWork(std::vector<Worker>& workers, Emit& emit, std::size_t room) : emit_(emit), room_(room) {
    for (Worker& worker : workers) threads_.emplace_back([this, &worker] { Run(worker); });
  }
  OrderedWork(const OrderedWork&) = delete;
  OrderedWork& operator=(const OrderedWork&) = delete;
  ~OrderedWork() { Finish(); }

  // Waits for room. False: Emit said stop.
  bool Push(Input input, std::size_t bytes) {
    std::unique_lock lock(mutex_);
    room_came_.wait(lock, [&] { return stopped_ || held_ == 0 || held_ + bytes <= room_; });
    if (stopped_) return false;
    held_ += bytes;
    waiting_.push_back({next_given_++, bytes, std::move(input)});
    work_came_.notify_one();
    return true;
  }

  // Waits until all is emitted. False: Emit said stop.
  bool Finish() {
    {
      const std::lock_guard lock(mutex_);
      finishing_ = true;
      work_came_.notify_all();
    }
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
    return !stopped_;
  }

 private:
  struct Given {
    std::uint64_t number;
    std::size_t bytes;
    Input input;
  };
  struct Done {
    std::size_t bytes;
    Output output;
  };

  void Run(Worker& worker) {
    std::unique_lock lock(mutex_);
    for (;;) {
      work_came_.wait(lock, [&] { return stopped_ || finishing_ || !waiting_.empty(); });
      if (stopped_ || waiting_.empty()) return;
      Given given = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      Output output = worker(given.input);
      lock.lock();
      done_.emplace(given.number, Done{given.bytes, std::move(output)});
      EmitReady(lock);
    }
  }

  // By one thread at a time; the others go on working.
  void EmitReady(std::unique_lock<std::mutex>& lock) {
    if (emitting_) return;
    emitting_ = true;
    for (auto ready = done_.find(next_emitted_); ready != done_.end() && !stopped_; ready = done_.find(next_emitted_)) {
      const Done done = std::move(ready->second);
      done_.erase(ready);
      lock.unlock();
      const bool go_on = emit_(done.output);
      lock.lock();
      held_ -= done.bytes;
      ++next_emitted_;
      if (!go_on) {
        stopped_ = true;
        work_came_.notify_all();
      }
      room_came_.notify_all();
    }
    emitting_ = false;
  }

  Emit& emit_;
  const std::size_t room_;
  std::mutex mutex_;
  std::condition_variable work_came_;
  std::condition_variable room_came_;
  std::deque<Given> waiting_;
  std::map<std::uint64_t, Done> done_;
  std::uint64_t next_given_ = 0;
  std::uint64_t next_emitted_ = 0;
  std::size_t held_ = 0;
  bool emitting_ = false;
  bool finishing_ = false;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace throughline::app
