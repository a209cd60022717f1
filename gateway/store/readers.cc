#include "gateway/store/readers.h"

#include <exception>
#include <utility>

namespace throughline::store {

Result<std::unique_ptr<ReadSession>> Readers::Borrow() {
  {
    std::unique_lock lock(mutex_);
    const auto free = [this] { return !idle_.empty() || made_ < options_.readers; };
    if (!came_back_.wait_for(lock, options_.queue_wait, free)) {
      return MakeError(ErrorKind::kThrottled, "store-readers", "too many reads at once; try again");
    }
    if (!idle_.empty()) {
      auto session = std::move(idle_.back());
      idle_.pop_back();
      return session;
    }
    ++made_;
  }
  auto connection = sql::Connection::Open(path_, sql::Access::kReader, clock_);
  if (connection) return std::make_unique<ReadSession>(*std::move(connection));
  const std::lock_guard lock(mutex_);
  --made_;
  came_back_.notify_one();
  return std::move(connection).error();
}

void Readers::GiveBack(std::unique_ptr<ReadSession> session) {
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(session));
  }
  came_back_.notify_one();
}

Result<void> Readers::Run(ReadWork& work, bool& damaged) {
  auto session = Borrow();
  if (!session) return std::move(session).error();
  sql::Connection& connection = (*session)->connection();
  connection.ClearTrouble();
  connection.LimitTime(options_.read_time);
  auto done = connection.Query("BEGIN").Run();
  if (done) {
    try {
      done = work.Run(**session);
    } catch (const std::exception&) {
      done = MakeError(ErrorKind::kInternal, "store-work", "a piece of work failed");
    }
  }
  connection.LimitTime(std::chrono::milliseconds{0});
  if (connection.InTransaction()) static_cast<void>(connection.Query("COMMIT").Run());
  damaged = connection.trouble() == sql::Trouble::kBroken;
  GiveBack(*std::move(session));
  ++reads_;
  return done;
}

}  // namespace throughline::store
