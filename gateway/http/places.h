// A limited number of places for work, with a queue in front that is short in length and in time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>

namespace throughline::http {

// Safe from several threads.
class WorkPlaces {
 public:
  WorkPlaces(std::size_t places, std::size_t waiting) : free_(places), may_wait_(waiting) {}

  // False: the queue is full, or no place became free in time.
  bool Take(std::chrono::milliseconds patience);
  void Give();

 private:
  std::mutex mutex_;
  std::condition_variable given_;
  std::size_t free_;
  std::size_t may_wait_;
};

// How many of something each name has under way. Safe from several threads.
class CountByName {
 public:
  bool Take(const std::string& name, std::size_t most);  // false: it has that many already
  void Give(const std::string& name);

 private:
  std::mutex mutex_;
  std::map<std::string, std::size_t> counts_;
};

}  // namespace throughline::http
