#include "gateway/http/workers.h"

#include <pthread.h>

#include <chrono>
#include <csignal>
#include <system_error>
#include <utility>

namespace throughline::http {
namespace {

constexpr std::chrono::seconds kIdleTime{10};

// OpenSSL writes to sockets without MSG_NOSIGNAL: a client that is gone must not end the process. Other signals are for
// the thread that waits for them.
void BlockSignals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

void JoinAll(std::list<std::thread>& threads) {
  for (std::thread& thread : threads) thread.join();
  threads.clear();
}

}  // namespace

bool Workers::Run(std::function<void()> job) {
  Threads finished;
  {
    const std::lock_guard lock(mutex_);
    finished.swap(finished_);
    jobs_.push_back(std::move(job));
    if (jobs_.size() > idle_) {
      threads_.emplace_back();
      const auto self = std::prev(threads_.end());
      try {
        *self = std::thread([this, self] { Work(self); });
      } catch (const std::system_error&) {
        threads_.pop_back();
        jobs_.pop_back();
        finished_.swap(finished);
        return false;
      }
    }
  }
  changed_.notify_one();
  JoinAll(finished);
  return true;
}

void Workers::Work(Threads::iterator self) {
  BlockSignals();
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait_for(lock, kIdleTime, [this] { return !jobs_.empty() || joining_; });
    --idle_;
    if (jobs_.empty()) break;
    const std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
  finished_.splice(finished_.end(), threads_, self);
  changed_.notify_all();
}

void Workers::Join() {
  Threads finished;
  {
    std::unique_lock lock(mutex_);
    joining_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return threads_.empty(); });
    finished.swap(finished_);
    joining_ = false;
  }
  JoinAll(finished);
}

}  // namespace throughline::http
