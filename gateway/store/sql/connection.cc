#include "gateway/store/sql/connection.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

namespace throughline::store::sql {
namespace {

constexpr int kStepsBetweenLooks = 1'000;
constexpr int kBusyMilliseconds = 5'000;
constexpr std::size_t kMaxStatements = 256;
constexpr std::uint64_t kFrameBytes = 4096 + 24;

struct LimitRow {
  int what;
  int most;
};
constexpr std::array kLimits = {
    LimitRow{SQLITE_LIMIT_VARIABLE_NUMBER, 32'000},
    LimitRow{SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256},
    LimitRow{SQLITE_LIMIT_EXPR_DEPTH, 100},
    LimitRow{SQLITE_LIMIT_COMPOUND_SELECT, 20},
    LimitRow{SQLITE_LIMIT_ATTACHED, 1},
};

struct FailureRow {
  int code;  // primary result code
  ErrorKind kind;
  std::string_view rule;
  std::string_view text;
  Trouble trouble;
};
constexpr std::array kFailures = {
    FailureRow{SQLITE_FULL, ErrorKind::kUnavailable, "no-store", "no space to store in", Trouble::kFull},
    FailureRow{SQLITE_READONLY, ErrorKind::kUnavailable, "no-store", "the disk is read-only", Trouble::kFull},
    FailureRow{SQLITE_IOERR, ErrorKind::kUnavailable, "no-store", "the disk failed", Trouble::kBroken},
    FailureRow{SQLITE_CORRUPT, ErrorKind::kUnavailable, "store-damaged", "the database is damaged", Trouble::kBroken},
    FailureRow{SQLITE_NOTADB, ErrorKind::kUnprocessable, "store-foreign", "the file is no database", Trouble::kBroken},
    FailureRow{SQLITE_CANTOPEN, ErrorKind::kUnavailable, "no-store", "the database cannot be opened", Trouble::kNone},
    FailureRow{SQLITE_INTERRUPT, ErrorKind::kTimeout, "store-time", "the database took too long", Trouble::kNone},
    FailureRow{SQLITE_BUSY, ErrorKind::kUnavailable, "store-busy", "the database is in use", Trouble::kNone},
    FailureRow{SQLITE_TOOBIG, ErrorKind::kTooLong, "store-size", "too large to be stored", Trouble::kNone},
};

bool IsOutOfSpace(int system_error) {
  return system_error == ENOSPC || system_error == EDQUOT || system_error == EROFS;
}

int OnlySelect(void*, int action, const char*, const char*, const char*, const char*) {
  return action == SQLITE_ATTACH || action == SQLITE_DETACH || action == SQLITE_PRAGMA ? SQLITE_DENY : SQLITE_OK;
}

Error OwnMistake(std::string_view rule, std::string_view text) {
  return MakeError(ErrorKind::kInternal, std::string(rule), std::string(text));
}

// What a savepoint must be able to undo is kept in one block of memory; with SQLite's own choice it is thousands of
// small ones for each piece of work, a fifth of the writer's time. Larger pieces of work than this spill to an unlinked
// file.
constexpr int kUndoBytes = 16 << 20;

void ConfigureOnce() {
  static std::once_flag once;
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, kUndoBytes); });
}

}  // namespace

Statement::Statement(Connection* connection, sqlite3_stmt* statement, bool* in_use)
    : connection_(connection), statement_(statement), in_use_(in_use) {}

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      statement_(std::exchange(other.statement_, nullptr)),
      in_use_(std::exchange(other.in_use_, nullptr)),
      error_(std::move(other.error_)) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  if (in_use_ == nullptr) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  *in_use_ = false;
}

int Statement::IndexOf(const char* name) {
  if (error_ || statement_ == nullptr) return 0;
  const int index = sqlite3_bind_parameter_index(statement_, name);
  if (index == 0) error_ = OwnMistake("sql-parameter", std::string("no parameter ") + name);
  return index;
}

Statement& Statement::Bind(const char* name, std::int64_t value) {
  if (const int index = IndexOf(name); index != 0) sqlite3_bind_int64(statement_, index, value);
  return *this;
}

Statement& Statement::Bind(const char* name, std::string_view text) {
  const int index = IndexOf(name);
  if (index == 0) return *this;
  const char* bytes = text.data() == nullptr ? "" : text.data();
  const int code = sqlite3_bind_text64(statement_, index, bytes, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK) error_ = connection_->Failure(code);
  return *this;
}

Statement& Statement::BindBytes(const char* name, std::string_view bytes) {
  const int index = IndexOf(name);
  if (index == 0) return *this;
  const char* start = bytes.data() == nullptr ? "" : bytes.data();
  const int code = sqlite3_bind_blob64(statement_, index, start, bytes.size(), SQLITE_TRANSIENT);
  if (code != SQLITE_OK) error_ = connection_->Failure(code);
  return *this;
}

Result<bool> Statement::Step() {
  if (error_) return *error_;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return connection_->Failure(code);
}

Result<void> Statement::Run() {
  for (;;) {
    const auto row = Step();
    if (!row) return row.error();
    if (!*row) return {};
  }
}

std::int64_t Statement::Integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Statement::Text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return bytes == nullptr ? std::string_view()
                          : std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

Result<std::unique_ptr<Connection>> Connection::Open(const std::string& path, Access access, const Clock& clock) {
  ConfigureOnce();
  std::unique_ptr<Connection> connection(new Connection(clock));
  const int mode = access == Access::kWriter ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  const int flags = mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &connection->database_, flags, nullptr);
  if (code != SQLITE_OK) return connection->Failure(code);
  if (const auto done = connection->SetUp(access); !done) return done.error();
  return connection;
}

Connection::~Connection() {
  ForgetStatements();
  sqlite3_close_v2(database_);
}

void Connection::Harden(Access access) {
  for (const LimitRow& row : kLimits) sqlite3_limit(database_, row.what, row.most);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  // Debian's 3.40.1 may lose commits when a second connection checkpoints (sqlite.org/wal.html section 11.1).
  if (access != Access::kWriter) sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Result<void> Connection::SetUp(Access access) {
  Harden(access);
  sqlite3_busy_timeout(database_, kBusyMilliseconds);
  sqlite3_progress_handler(database_, kStepsBetweenLooks, &Connection::OnProgress, this);
  std::string words =
      "PRAGMA wal_autocheckpoint=0; PRAGMA mmap_size=0; PRAGMA cell_size_check=ON; PRAGMA foreign_keys=ON;";
  if (access == Access::kWriter) {
    words +=
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;"
        "PRAGMA secure_delete=ON; PRAGMA cache_size=-48000;";
  } else {
    words += "PRAGMA temp_store=MEMORY;";
  }
  if (auto done = Execute(words); !done) return done;
  if (access == Access::kWriter) sqlite3_wal_hook(database_, &Connection::OnCommit, this);
  if (access == Access::kReader) sqlite3_set_authorizer(database_, &OnlySelect, nullptr);
  return {};
}

void Connection::ForgetStatements() {
  for (auto at = statements_.begin(); at != statements_.end();) {
    if (at->second.in_use) {
      ++at;
      continue;
    }
    sqlite3_finalize(at->second.statement);
    at = statements_.erase(at);
  }
}

Statement Connection::Query(std::string_view text) {
  const auto found = statements_.find(text);
  if (found != statements_.end() && !found->second.in_use) {
    found->second.in_use = true;
    return Statement(this, found->second.statement, &found->second.in_use);
  }
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v3(database_, text.data(), static_cast<int>(text.size()), SQLITE_PREPARE_PERSISTENT,
                                      &prepared, nullptr);
  if (code != SQLITE_OK) {
    Statement failed(this, nullptr, nullptr);
    failed.error_ = Failure(code);
    return failed;
  }
  if (found != statements_.end()) return Statement(this, prepared, nullptr);
  if (statements_.size() >= kMaxStatements) ForgetStatements();
  Cached& cached = statements_[std::string(text)];
  cached = {prepared, true};
  return Statement(this, prepared, &cached.in_use);
}

Result<void> Connection::Execute(const std::string& text) {
  const int code = sqlite3_exec(database_, text.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return Failure(code);
  return {};
}

void Connection::LimitTime(std::chrono::milliseconds time) {
  deadline_.reset();
  if (time.count() > 0) deadline_ = clock_.Monotonic() + time;
}

bool Connection::InTransaction() const { return sqlite3_get_autocommit(database_) == 0; }

std::int64_t Connection::Changes() const { return sqlite3_changes64(database_); }

Result<void> Connection::Checkpoint() {
  int in_log = 0;
  int folded = 0;
  const int code = sqlite3_wal_checkpoint_v2(database_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &folded);
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) return {};
  if (code != SQLITE_OK) return Failure(code);
  folded_pages_ = folded;
  log_bytes_ = static_cast<std::uint64_t>(std::max(in_log - folded, 0)) * kFrameBytes;
  return {};
}

Error Connection::Failure(int code) {
  const int primary = code & 0xFF;
  const bool out_of_space = primary != SQLITE_INTERRUPT && database_ != nullptr &&
                            (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) && code != SQLITE_IOERR_FSYNC &&
                            IsOutOfSpace(sqlite3_system_errno(database_));
  for (const FailureRow& row : kFailures) {
    if (row.code != (out_of_space ? SQLITE_FULL : primary)) continue;
    trouble_ = std::max(trouble_, row.trouble);
    return MakeError(row.kind, std::string(row.rule), std::string(row.text));
  }
  return OwnMistake("sql", database_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database_));
}

int Connection::OnProgress(void* connection) {
  const Connection& self = *static_cast<Connection*>(connection);
  return self.deadline_ && self.clock_.Monotonic() > *self.deadline_ ? 1 : 0;
}

int Connection::OnCommit(void* connection, sqlite3* database, const char*, int pages) {
  static_cast<void>(database);
  Connection& self = *static_cast<Connection*>(connection);
  if (pages < self.folded_pages_) self.folded_pages_ = 0;  // the log was begun anew
  self.log_bytes_ = static_cast<std::uint64_t>(pages - self.folded_pages_) * kFrameBytes;
  return SQLITE_OK;
}

}  // namespace throughline::store::sql
