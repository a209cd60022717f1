// Connections for reading: made when they are needed, up to a number, and lent one at a time.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/store/session.h"
#include "gateway/store/store.h"

namespace throughline::store {

class Readers {
 public:
  Readers(const Options& options, const Clock& clock, std::string path)
      : options_(options), clock_(clock), path_(std::move(path)) {}

  // `damaged`: set when the database turned out to be.
  Result<void> Run(ReadWork& work, bool& damaged);
  std::uint64_t reads() const { return reads_; }

 private:
  Result<std::unique_ptr<ReadSession>> Borrow();
  void GiveBack(std::unique_ptr<ReadSession> session);

  const Options options_;
  const Clock& clock_;
  const std::string path_;
  std::mutex mutex_;
  std::condition_variable came_back_;
  std::vector<std::unique_ptr<ReadSession>> idle_;
  std::size_t made_ = 0;
  std::atomic<std::uint64_t> reads_{0};
};

}  // namespace throughline::store
