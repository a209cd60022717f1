// A value that is made when it is first asked for, and shared from then on.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

namespace throughline {

// Safe from several threads without a lock: when two ask at once, both make the value and one of the two is kept.
// Making must therefore have no effect but its result.
template <typename T>
class MadeOnce {
 public:
  MadeOnce() = default;
  MadeOnce(const MadeOnce&) = delete;
  MadeOnce& operator=(const MadeOnce&) = delete;
  ~MadeOnce() { delete made_.load(std::memory_order_relaxed); }

  // The value; `make()` gives it when there is none yet.
  template <typename Make>
  const T& Get(const Make& make) {
    if (const T* made = made_.load(std::memory_order_acquire)) {
      return *made;
    }
    auto fresh = std::make_unique<const T>(make());
    const T* kept = nullptr;
    if (made_.compare_exchange_strong(kept, fresh.get(), std::memory_order_acq_rel, std::memory_order_acquire)) {
      return *fresh.release();
    }
    return *kept;
  }

 private:
  std::atomic<const T*> made_{nullptr};
};

}  // namespace throughline
