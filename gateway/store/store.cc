#include "gateway/store/store.h"

#include <sys/stat.h>

#include <algorithm>

#include "gateway/store/directory.h"
#include "gateway/store/readers.h"
#include "gateway/store/schema.h"
#include "gateway/store/verifier.h"
#include "gateway/store/verify.h"
#include "gateway/store/writer.h"

namespace throughline::store {

class Store::Implementation {
 public:
  Implementation(const Options& options, const Clock& clock, DirectoryLock lock,
                 std::unique_ptr<sql::Connection> connection)
      : lock_(std::move(lock)),
        clock_(clock),
        path_(DatabasePath(options.directory)),
        writer_(options, clock, std::move(connection)),
        readers_(options, clock, path_) {}

  Writer& writer() { return writer_; }
  Readers& readers() { return readers_; }
  Result<std::unique_ptr<sql::Connection>> Inspector() const {
    return sql::Connection::Open(path_, sql::Access::kInspect, clock_);
  }

 private:
  DirectoryLock lock_;  // the first member: held until everything else is closed
  const Clock& clock_;
  const std::string path_;
  Writer writer_;
  Readers readers_;  // closed before the writer, which then folds the log in for good
};

Store::Store(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::Open(const Options& options, const Clock& clock) {
  auto lock = DirectoryLock::Take(options.directory);
  if (!lock) return std::move(lock).error();
  const std::string path = DatabasePath(options.directory);
  auto connection = sql::Connection::Open(path, sql::Access::kWriter, clock);
  if (!connection) return std::move(connection).error();
  ::chmod(path.c_str(), 0600);
  if (auto done = Migrate(**connection, clock.Now()); !done) return std::move(done).error();
  return std::unique_ptr<Store>(
      new Store(std::make_unique<Implementation>(options, clock, *std::move(lock), *std::move(connection))));
}

std::future<Result<void>> Store::Submit(std::unique_ptr<Work> work) {
  return implementation_->writer().Submit(std::move(work));
}

Result<void> Store::Read(ReadWork& work) const {
  bool damaged = false;
  auto done = implementation_->readers().Run(work, damaged);
  if (damaged) implementation_->writer().Poison();
  return done;
}

Counters Store::counters() const {
  Counters counters = implementation_->writer().counters();
  counters.reads = implementation_->readers().reads();
  return counters;
}

Health Store::health() const { return implementation_->writer().health(); }

Result<DeepReport> Store::Verify(const Drafter* deep) const {
  auto inspector = implementation_->Inspector();
  if (!inspector) return std::move(inspector).error();
  Verifier verifier(**inspector, deep);
  return verifier.Run();
}

Result<void> Store::Backup(const std::string& directory) const {
  if (!IsEmptyOrMissing(directory)) {
    return MakeError(ErrorKind::kInvalid, "backup-directory", "the directory for the backup is not empty");
  }
  if (auto made = MakeDirectory(directory); !made) return made;
  auto inspector = implementation_->Inspector();
  if (!inspector) return std::move(inspector).error();
  const std::string path = DatabasePath(directory);
  const std::string unfinished = path + ".part";
  auto done = (*inspector)->Query("VACUUM INTO $path").Bind("$path", unfinished).Run();
  if (!done) return done;
  ::chmod(unfinished.c_str(), 0600);
  return RenameDurably(unfinished, path);
}

Result<void> Store::Restore(const std::string& backup, const std::string& directory) {
  if (!IsEmptyOrMissing(directory)) {
    return MakeError(ErrorKind::kInvalid, "restore-directory",
                     "the data directory is not empty; move what is in it away before a backup is restored");
  }
  if (IsEmptyOrMissing(backup))
    return MakeError(ErrorKind::kNotFound, "backup-missing", "there is no backup in that directory");
  auto lock = DirectoryLock::Take(directory);
  if (!lock) return std::move(lock).error();
  return CopyDurably(DatabasePath(backup), DatabasePath(directory));
}

}  // namespace throughline::store
