// How far a long run is, on a terminal only.
#pragma once

#include <chrono>
#include <cstdint>

namespace throughline::app {

// On standard error: "[#########           ]  46 %  26 MB of 58 MB, 8000 records". Nothing when that is no terminal.
class ProgressBar {
 public:
  explicit ProgressBar(std::uint64_t total_bytes);  // 0: not known
  ~ProgressBar() { Clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // Draws ten times a second at most. `records` 0: they are not shown.
  void Show(std::uint64_t bytes, std::uint64_t records = 0);
  void Clear();

 private:
  const std::uint64_t total_;
  const bool terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace throughline::app
