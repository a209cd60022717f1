// A minimum rate as a budget of patience: waiting spends it, bytes earn it back, never above where it began. So neither
// a trickle nor a stall lasts longer than the grace, however fast the bytes came before (A34, A35).
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace throughline::http {

class Pace {
 public:
  using Duration = std::chrono::nanoseconds;

  Pace(Duration grace, std::uint64_t bytes_per_second) : grace_(grace), left_(grace), rate_(bytes_per_second) {}

  // How long the next wait may last.
  Duration left() const { return std::max(left_, Duration::zero()); }
  void Waited(Duration time) { left_ -= time; }
  void Moved(std::uint64_t bytes) {
    const auto milliseconds = static_cast<std::int64_t>(bytes * 1000 / std::max<std::uint64_t>(rate_, 1));
    left_ = std::min(grace_, left_ + std::chrono::milliseconds(milliseconds));
  }

 private:
  Duration grace_;
  Duration left_;
  std::uint64_t rate_;
};

}  // namespace throughline::http
