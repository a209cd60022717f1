// The data directory: made, held by one process, and durable.
#pragma once

#include <string>

#include "fhir/base/result.h"

namespace throughline::store {

// Holds a directory for this process as long as it lives.
class DirectoryLock {
 public:
  // Makes the directory (mode 0700) when it is missing. kUnavailable with a sentence: rule "store-locked" (another
  // process has it), "store-network" (locks and fsync cannot be trusted there), "store-directory" (the system says no).
  static Result<DirectoryLock> Take(const std::string& directory);
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int file) : file_(file) {}
  int file_;
};

// Where the database stands in a data directory or a backup.
std::string DatabasePath(const std::string& directory);

// mkdir -p with mode 0700. kUnavailable, rule "store-directory".
Result<void> MakeDirectory(const std::string& directory);
bool IsEmptyOrMissing(const std::string& directory);

// Copies, flushes, and gives the copy its name last. kUnavailable, rule "no-store".
Result<void> CopyDurably(const std::string& from, const std::string& to);
// Flushes a file that was written by others, and its directory.
Result<void> Flush(const std::string& path);
Result<void> RenameDurably(const std::string& from, const std::string& to);

}  // namespace throughline::store
