#include "gateway/local/in_flight.h"

namespace throughline::local {

bool InFlight::TryEnter(const std::string& record) {
  const std::lock_guard lock(mutex_);
  return records_.insert(record).second;
}

void InFlight::Enter(const std::string& record) {
  std::unique_lock lock(mutex_);
  left_.wait(lock, [&] { return records_.insert(record).second; });
}

void InFlight::Leave(const std::string& record) {
  {
    const std::lock_guard lock(mutex_);
    records_.erase(record);
  }
  left_.notify_all();
}

}  // namespace throughline::local
