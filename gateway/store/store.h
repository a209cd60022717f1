// The one place where things are kept: one database, one writer.
//
// Everything that must hold together goes into one piece of work: resources with their index, the inbox, the audit. The
// writer thread runs each piece inside a savepoint and commits all that are waiting at once, so that they share an
// fsync. Safe from several threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "fhir/base/clock.h"
#include "fhir/base/result.h"

namespace throughline::store {

class AuditLog;
class Drafter;
class Inbox;
class Index;
class Resources;
struct DeepReport;

// threats.md 2.1
struct Options {
  std::string directory;                                 // made with mode 0700 when it is not there
  std::size_t queue_items = 256;                         // waiting writes at most
  std::chrono::milliseconds queue_wait{2'000};           // for a place among them, then kThrottled
  std::size_t group_items = 512;                         // in one commit at most
  std::chrono::milliseconds group_time{20};              // a group takes in no more work after that
  std::size_t readers = 8;                               // connections for reading
  std::chrono::milliseconds read_time{5'000};            // for one Read(), then kTimeout
  std::chrono::milliseconds write_time{30'000};          // for one piece of work
  std::size_t checkpoint_bytes = 64u << 20;              // of write-ahead log, then it is folded into the database
  std::chrono::milliseconds checkpoint_interval{5'000};  // and after that time without writes
};

// What the store has done since it was opened.
struct Counters {
  std::uint64_t items = 0;        // pieces of work committed
  std::uint64_t refused = 0;      // pieces of work that failed and were undone
  std::uint64_t groups = 0;       // commits, each one fsync of the log
  std::uint64_t checkpoints = 0;  // each one more fsync of the log and one of the database
  std::uint64_t largest_group = 0;
  std::uint64_t reads = 0;
  std::uint64_t log_bytes = 0;  // of write-ahead log now
};

enum class Health : std::uint8_t {
  kReady,
  kFull,      // the last write found no space or a read-only disk: tried again with the next one
  kPoisoned,  // a write or fsync failed: what the disk holds is not known, nothing is written until a restart
};

// What a piece of work sees. Views end with it.
class Snapshot {
 public:
  virtual ~Snapshot() = default;
  virtual const Resources& resources() const = 0;
  virtual const Inbox& inbox() const = 0;
  virtual const AuditLog& audit() const = 0;
  virtual const Index& index() const = 0;
};

class Transaction {
 public:
  virtual ~Transaction() = default;
  virtual Resources& resources() = 0;
  virtual Inbox& inbox() = 0;
  virtual AuditLog& audit() = 0;
  virtual Index& index() = 0;
  // The time of the group: what everything in it is written down with.
  virtual Instant now() const = 0;
};

class Work {
 public:
  virtual ~Work() = default;
  // Runs once, on the writer thread. An error undoes all that this piece did, and nothing else.
  virtual Result<void> Run(Transaction& transaction) = 0;
};

class ReadWork {
 public:
  virtual ~ReadWork() = default;
  virtual Result<void> Run(const Snapshot& snapshot) = 0;
};

class Store {
 public:
  // Opens or makes the database. kUnavailable with a sentence: another process has it, the file system is a network
  // one, the disk says no. kUnprocessable: the database is of a newer version, or no database of ours. `clock` must
  // outlive it.
  static Result<std::unique_ptr<Store>> Open(const Options& options, const Clock& clock);
  // Finishes what is queued, folds the log in and closes.
  ~Store();

  // Queues work and returns at once, or waits for a place in the queue. The future is ready when the work is durable,
  // or has failed: with the work's own error, kThrottled (queue full), kUnavailable (rule "no-store": no space,
  // poisoned, closing). An error of the commit itself means "not known to be stored".
  std::future<Result<void>> Submit(std::unique_ptr<Work> work);
  template <typename Callable>
  std::future<Result<void>> Submit(Callable&& callable);
  template <typename Callable>
  Result<void> Write(Callable&& callable) {
    return Submit(std::forward<Callable>(callable)).get();
  }

  // Runs on the caller's thread over a snapshot that does not move. kTimeout: over `read_time`; kThrottled: no
  // connection came free in `queue_wait`.
  Result<void> Read(ReadWork& work) const;
  template <typename Callable>
  Result<void> Read(Callable&& callable) const;

  Counters counters() const;
  Health health() const;

  // The database by itself, the audit chain, and the bytes' `meta` against their columns; deep: every index row derived
  // anew and compared, or one finding when the index follows from something else than `deep` (see reindex.h). Empty
  // findings: all is well.
  Result<DeepReport> Verify(const Drafter* deep) const;
  // A consistent copy into `directory` (made; must be empty), while reads and writes go on.
  Result<void> Backup(const std::string& directory) const;
  // Copies a backup into an empty or missing data directory.
  static Result<void> Restore(const std::string& backup, const std::string& directory);

 private:
  class Implementation;
  explicit Store(std::unique_ptr<Implementation> implementation);
  std::unique_ptr<Implementation> implementation_;
};

template <typename Callable>
std::future<Result<void>> Store::Submit(Callable&& callable) {
  class Closure final : public Work {
   public:
    explicit Closure(Callable&& call) : call_(std::forward<Callable>(call)) {}
    Result<void> Run(Transaction& transaction) override { return call_(transaction); }

   private:
    std::decay_t<Callable> call_;
  };
  return Submit(std::unique_ptr<Work>(std::make_unique<Closure>(std::forward<Callable>(callable))));
}

template <typename Callable>
Result<void> Store::Read(Callable&& callable) const {
  class Closure final : public ReadWork {
   public:
    explicit Closure(Callable& call) : call_(call) {}
    Result<void> Run(const Snapshot& snapshot) override { return call_(snapshot); }

   private:
    Callable& call_;
  };
  Closure closure(callable);
  return Read(static_cast<ReadWork&>(closure));
}

}  // namespace throughline::store
