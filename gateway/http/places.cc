#include "gateway/http/places.h"

namespace throughline::http {

bool WorkPlaces::Take(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  if (free_ == 0) {
    if (may_wait_ == 0) return false;
    --may_wait_;
    const bool in_time = given_.wait_for(lock, patience, [this] { return free_ > 0; });
    ++may_wait_;
    if (!in_time) return false;
  }
  --free_;
  return true;
}

void WorkPlaces::Give() {
  {
    const std::lock_guard lock(mutex_);
    ++free_;
  }
  given_.notify_one();
}

bool CountByName::Take(const std::string& name, std::size_t most) {
  const std::lock_guard lock(mutex_);
  std::size_t& count = counts_[name];
  if (count >= most) {
    if (count == 0) counts_.erase(name);
    return false;
  }
  ++count;
  return true;
}

void CountByName::Give(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(name);
  if (found != counts_.end() && --found->second == 0) counts_.erase(found);
}

}  // namespace throughline::http
