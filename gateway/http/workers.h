// Threads for connections: one each, made when needed, used again, gone after ten idle seconds.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

namespace throughline::http {

// Safe from several threads.
class Workers {
 public:
  Workers() = default;
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() { Join(); }

  // Runs `job`, which must not throw, on a thread of its own. False: the system gives no more threads.
  bool Run(std::function<void()> job);
  // Waits until all jobs are done and all threads are gone.
  void Join();

 private:
  using Threads = std::list<std::thread>;
  void Work(Threads::iterator self);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  Threads threads_;
  Threads finished_;
  std::size_t idle_ = 0;
  bool joining_ = false;
};

}  // namespace throughline::http
