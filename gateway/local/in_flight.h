// Which records are being written right now: the same record is never written twice at a time, so that what it no
// longer holds is worked out from what it held before.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

namespace throughline::local {

// Safe from several threads.
class InFlight {
 public:
  // A record's place; it is given back when this goes.
  class Place {
   public:
    Place(Place&& other) noexcept : of_(std::exchange(other.of_, nullptr)), record_(std::move(other.record_)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (of_ != nullptr) of_->Leave(record_);
    }

   private:
    friend class InFlight;
    Place(InFlight& of, std::string record) : of_(&of), record_(std::move(record)) {}

    InFlight* of_;
    std::string record_;
  };

  // Nothing when another holds it.
  std::optional<Place> TryEnter(const std::string& record);
  // Waits until nobody holds it. Whoever waits must hold no place itself, or two could wait for each other.
  Place Enter(const std::string& record);

 private:
  void Leave(const std::string& record);

  std::mutex mutex_;
  std::condition_variable left_;
  std::unordered_set<std::string> records_;
};

}  // namespace throughline::local
