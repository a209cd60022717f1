#include "gateway/local/in_flight.h"

namespace throughline::local {

std::optional<InFlight::Place> InFlight::TryEnter(const std::string& record) {
  const std::lock_guard lock(mutex_);
  if (!records_.insert(record).second) return std::nullopt;
  return Place(*this, record);
}

InFlight::Place InFlight::Enter(const std::string& record) {
  std::unique_lock lock(mutex_);
  left_.wait(lock, [&] { return records_.insert(record).second; });
  return Place(*this, record);
}

void InFlight::Leave(const std::string& record) {
  {
    const std::lock_guard lock(mutex_);
    records_.erase(record);
  }
  left_.notify_all();
}

}  // namespace throughline::local
