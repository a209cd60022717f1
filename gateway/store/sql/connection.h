// One connection to the database, and statements that are bound by name. The only file that knows the engine's API is
// connection.cc; what differs between engines in SQL text is in dialect.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fhir/base/clock.h"
#include "fhir/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace throughline::store::sql {

// The worst that a connection has met since ClearTrouble().
enum class Trouble : std::uint8_t {
  kNone,
  kFull,    // no space, or a read-only disk
  kBroken,  // a read, write or fsync failed, or the database is damaged
};

enum class Access : std::uint8_t {
  kWriter,   // the one that writes and checkpoints
  kReader,   // reads; never checkpoints; may run SELECT and nothing else
  kInspect,  // reads; may also run PRAGMA and VACUUM INTO
};

class Connection;

// One use of a prepared statement: reset and given back when it goes. Errors of preparing and binding are told by
// Step().
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // `name`: "$type". Text is copied.
  Statement& Bind(const char* name, std::int64_t value);
  Statement& Bind(const char* name, std::string_view text);
  Statement& BindBytes(const char* name, std::string_view bytes);

  // True: a row is there. False: no more.
  Result<bool> Step();
  // Steps to the end.
  Result<void> Run();

  // Columns of the row, from 0. Views live until the next Step().
  std::int64_t Integer(int column) const;
  std::string_view Text(int column) const;  // of text and of bytes; empty for NULL

 private:
  friend class Connection;
  Statement(Connection* connection, sqlite3_stmt* statement, bool* in_use);
  int IndexOf(const char* name);

  Connection* connection_;
  sqlite3_stmt* statement_;
  bool* in_use_;  // of the cache; null: this one is thrown away after use
  std::optional<Error> error_;
};

// Not safe from several threads.
class Connection {
 public:
  // kUnavailable: cannot be opened; kUnprocessable: not a database. A writer makes the file when it is not there.
  static Result<std::unique_ptr<Connection>> Open(const std::string& path, Access access, const Clock& clock);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Prepared once for each text.
  Statement Query(std::string_view text);
  // Without parameters and rows; several statements parted by semicolons.
  Result<void> Execute(const std::string& text);

  // Statements fail with kTimeout from now on after that time; 0: never.
  void LimitTime(std::chrono::milliseconds time);
  // False also when the engine gave a whole transaction up after a failure.
  bool InTransaction() const;
  std::int64_t Changes() const;  // rows changed by the last statement

  // Bytes of write-ahead log that were not folded in when the last commit ended. Writer only.
  std::uint64_t log_bytes() const { return log_bytes_; }
  // Folds the log into the database as far as readers let it. Writer only, between transactions.
  Result<void> Checkpoint();

  Trouble trouble() const { return trouble_; }
  void ClearTrouble() { trouble_ = Trouble::kNone; }

 private:
  friend class Statement;
  struct Cached {
    sqlite3_stmt* statement = nullptr;
    bool in_use = false;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  explicit Connection(const Clock& clock) : clock_(clock) {}
  Result<void> SetUp(Access access);
  void Harden(Access access);
  void ForgetStatements();
  Error Failure(int code);
  static int OnProgress(void* connection);
  static int OnCommit(void* connection, sqlite3* database, const char* name, int pages);

  const Clock& clock_;
  sqlite3* database_ = nullptr;
  std::unordered_map<std::string, Cached, TextHash, std::equal_to<>> statements_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  std::uint64_t log_bytes_ = 0;
  int folded_pages_ = 0;
  Trouble trouble_ = Trouble::kNone;
};

}  // namespace throughline::store::sql
