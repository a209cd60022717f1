#include "gateway/store/writer.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "gateway/store/sql/dialect.h"

namespace throughline::store {
namespace {

Error WriteRefused(ErrorKind kind, std::string_view rule, std::string_view text) {
  return MakeError(kind, std::string(rule), std::string(text));
}

Error NoStore(Health health) {
  return WriteRefused(ErrorKind::kUnavailable, "no-store",
                      health == Health::kPoisoned
                          ? "the store stopped writing after a failure of the disk; it must be restarted"
                          : "the store cannot write");
}

std::future<Result<void>> Ready(Error error) {
  std::promise<Result<void>> answer;
  answer.set_value(Result<void>(std::move(error)));
  return answer.get_future();
}

Instant WholeMilliseconds(Instant instant) { return std::chrono::floor<std::chrono::milliseconds>(instant); }

}  // namespace

Writer::Writer(const Options& options, const Clock& clock, std::unique_ptr<sql::Connection> connection)
    : options_(options), clock_(clock), connection_(std::move(connection)), session_(*connection_) {
  thread_ = std::thread(&Writer::Run, this);
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  work_came_.notify_all();
  place_came_.notify_all();
  thread_.join();
}

std::future<Result<void>> Writer::Submit(std::unique_ptr<Work> work) {
  if (health() == Health::kPoisoned) return Ready(NoStore(Health::kPoisoned));
  Item item;
  item.work = std::move(work);
  std::future<Result<void>> answer = item.answer.get_future();
  {
    std::unique_lock lock(mutex_);
    const auto free = [this] { return closing_ || waiting_.size() < options_.queue_items; };
    if (!place_came_.wait_for(lock, options_.queue_wait, free)) {
      return Ready(WriteRefused(ErrorKind::kThrottled, "store-queue", "too many writes are waiting; try again"));
    }
    if (closing_) return Ready(WriteRefused(ErrorKind::kUnavailable, "no-store", "the store is closing"));
    waiting_.push_back(std::move(item));
  }
  work_came_.notify_one();
  return answer;
}

Counters Writer::counters() const {
  Counters counters;
  counters.items = items_;
  counters.refused = refused_;
  counters.groups = groups_;
  counters.checkpoints = checkpoints_;
  counters.largest_group = largest_group_;
  counters.log_bytes = log_bytes_;
  return counters;
}

void Writer::Run() {
  while (WaitForWork()) {
    RunGroup();
    CheckpointWhenDue(false);
  }
  CheckpointWhenDue(true);
}

bool Writer::WaitForWork() {
  const auto came = [this] { return closing_ || !waiting_.empty(); };
  std::unique_lock lock(mutex_);
  while (!work_came_.wait_for(lock, options_.checkpoint_interval, came)) {
    lock.unlock();
    CheckpointWhenDue(true);
    lock.lock();
  }
  return !waiting_.empty();
}

std::size_t Writer::TakeWaiting(std::size_t most, Items& group) {
  std::size_t taken = 0;
  {
    const std::lock_guard lock(mutex_);
    for (; taken < most && !waiting_.empty(); ++taken) {
      group.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
  }
  if (taken > 0) place_came_.notify_all();
  return taken;
}

void Writer::RunGroup() {
  Items group;
  Result<void> committed;
  if (health() == Health::kPoisoned) {
    TakeWaiting(options_.group_items, group);
    committed = NoStore(Health::kPoisoned);
  } else {
    connection_->ClearTrouble();
    connection_->LimitTime(options_.write_time);
    session_.StartAt(WholeMilliseconds(clock_.Now()));
    committed = RunItems(group);
    NoteTrouble();
  }
  Answer(group, committed);
}

Result<void> Writer::RunItems(Items& group) {
  auto done = connection_->Query(sql::kSqlite.begin_write).Run();
  const auto last_call = clock_.Monotonic() + options_.group_time;
  std::size_t next = 0;
  do {
    if (TakeWaiting(options_.group_items - group.size(), group) == 0) break;
    for (; done && next < group.size(); ++next) done = RunItem(group[next]);
  } while (done && group.size() < options_.group_items && clock_.Monotonic() < last_call);
  connection_->LimitTime(std::chrono::milliseconds{0});
  if (done) done = connection_->Query("COMMIT").Run();
  if (done) return done;
  session_.Forget();
  if (connection_->InTransaction()) static_cast<void>(connection_->Query("ROLLBACK").Run());
  return done;
}

// An error of the item is kept in it; the error that comes back ends the whole group.
Result<void> Writer::RunItem(Item& item) {
  connection_->LimitTime(options_.write_time);
  if (auto marked = connection_->Query("SAVEPOINT item").Run(); !marked) return marked;
  Result<void> done;
  try {
    done = item.work->Run(session_);
  } catch (const std::exception&) {
    done = WriteRefused(ErrorKind::kInternal, "store-work", "a piece of work failed");
  }
  if (!connection_->InTransaction()) return done ? Result<void>(NoStore(Health::kFull)) : done;
  if (!done) {
    item.error = std::move(done).error();
    session_.Forget();
    if (auto undone = connection_->Query("ROLLBACK TO item").Run(); !undone) return undone;
  }
  return connection_->Query("RELEASE item").Run();
}

void Writer::Answer(Items& group, const Result<void>& committed) {
  std::uint64_t stored = 0;
  for (Item& item : group) {
    if (!item.error && !committed) {
      const ErrorKind kind =
          committed.error().kind == ErrorKind::kInternal ? ErrorKind::kInternal : ErrorKind::kUnavailable;
      item.error = Error{kind, committed.error().message, committed.error().issues};
    }
    if (!item.error) ++stored;
  }
  items_ += stored;
  refused_ += group.size() - stored;
  if (committed && stored > 0) {
    ++groups_;
    largest_group_ = std::max<std::uint64_t>(largest_group_, stored);
  }
  for (Item& item : group) {
    item.work.reset();
    item.answer.set_value(item.error ? Result<void>(*std::move(item.error)) : Result<void>());
  }
}

void Writer::NoteTrouble() {
  log_bytes_ = connection_->log_bytes();
  if (health() == Health::kPoisoned) return;
  switch (connection_->trouble()) {
    case sql::Trouble::kNone:
      health_ = Health::kReady;
      break;
    case sql::Trouble::kFull:
      health_ = Health::kFull;
      break;
    case sql::Trouble::kBroken:
      health_ = Health::kPoisoned;
      break;
  }
}

void Writer::CheckpointWhenDue(bool idle) {
  const std::uint64_t bytes = connection_->log_bytes();
  if (health() == Health::kPoisoned || bytes == 0 || (!idle && bytes < options_.checkpoint_bytes)) return;
  connection_->ClearTrouble();
  if (connection_->Checkpoint()) ++checkpoints_;
  NoteTrouble();
}

}  // namespace throughline::store
