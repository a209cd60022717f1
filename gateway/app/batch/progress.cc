#include "gateway/app/batch/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace throughline::app {
namespace {

constexpr std::uint64_t kWidth = 30;
constexpr std::chrono::milliseconds kPause{100};

unsigned long long Megabytes(std::uint64_t bytes) { return bytes / 1'000'000; }

}  // namespace

ProgressBar::ProgressBar(std::uint64_t total_bytes) : total_(total_bytes), terminal_(::isatty(STDERR_FILENO) == 1) {}

void ProgressBar::Show(std::uint64_t bytes, std::uint64_t records) {
  if (!terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < kPause) return;
  last_ = now;
  drawn_ = true;
  const std::string counted = records == 0 ? "" : ", " + std::to_string(records) + " records";
  if (total_ == 0) {
    std::fprintf(stderr, "\r%llu MB%s", Megabytes(bytes), counted.c_str());
    return;
  }
  const std::uint64_t part = std::min(bytes, total_);
  const std::string done(static_cast<std::size_t>(part * kWidth / total_), '#');
  std::fprintf(stderr, "\r[%-30s] %3llu %%  %llu MB of %llu MB%s", done.c_str(),
               static_cast<unsigned long long>(part * 100 / total_), Megabytes(part), Megabytes(total_),
               counted.c_str());
}

void ProgressBar::Clear() {
  if (drawn_) std::fputs("\r\x1B[K", stderr);
  drawn_ = false;
}

}  // namespace throughline::app
