// Which records are being written right now: the same record is never written twice at a time, so that what it no
// longer holds is worked out from what it held before.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <unordered_set>

namespace throughline::local {

// Safe from several threads.
class InFlight {
 public:
  // False when another holds it.
  bool TryEnter(const std::string& record);
  // Waits until nobody holds it. Whoever waits must hold no record itself, or two could wait for each other.
  void Enter(const std::string& record);
  void Leave(const std::string& record);

 private:
  std::mutex mutex_;
  std::condition_variable left_;
  std::unordered_set<std::string> records_;
};

}  // namespace throughline::local
