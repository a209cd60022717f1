// Time comes in from outside: no rule reads the machine's clock.
#pragma once

#include <chrono>

namespace throughline {

// A point on the UTC time line.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

// Safe from several threads.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant Now() const = 0;                                      // wall time, for what is written down
  virtual std::chrono::steady_clock::time_point Monotonic() const = 0;  // for deadlines
};

}  // namespace throughline
