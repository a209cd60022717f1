#include "certs/secret_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "certs/random.h"

namespace throughline::certs {
namespace {

constexpr off_t kMostFileBytes = off_t{64} << 10;

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Error Refused(ErrorKind kind, const std::string& path, const char* rule, const std::string& text) {
  return MakeError(kind, rule, path + ": " + text);
}

std::string Reason(int number) { return std::generic_category().message(number); }

Result<void> CheckRules(const std::string& path, const struct stat& facts) {
  if (!S_ISREG(facts.st_mode)) return Refused(ErrorKind::kInvalid, path, "secret-file", "is not a regular file");
  if (facts.st_uid != ::geteuid() && facts.st_uid != 0) {
    return Refused(ErrorKind::kInvalid, path, "secret-owner",
                   "belongs to another user; a secret file must be ours or root's");
  }
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Refused(ErrorKind::kInvalid, path, "secret-open", "is open to other users; run: chmod 600 " + path);
  }
  if (facts.st_size > kMostFileBytes) return Refused(ErrorKind::kInvalid, path, "secret-size", "is larger than 64 KiB");
  return {};
}

Result<void> WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Refused(ErrorKind::kUnavailable, path, "secret-write", "cannot be written: " + Reason(errno));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(fd) != 0)
    return Refused(ErrorKind::kUnavailable, path, "secret-write", "cannot be written: " + Reason(errno));
  return {};
}

}  // namespace

Result<std::string> ReadSecretFile(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0 && errno == ENOENT) return Refused(ErrorKind::kNotFound, path, "secret-missing", "no such file");
  if (file.get() < 0) return Refused(ErrorKind::kInvalid, path, "secret-read", "cannot be read: " + Reason(errno));
  struct stat facts = {};
  if (::fstat(file.get(), &facts) != 0) {
    return Refused(ErrorKind::kInvalid, path, "secret-read", "cannot be read: " + Reason(errno));
  }
  if (auto held = CheckRules(path, facts); !held) return std::move(held).error();
  std::string bytes(static_cast<std::size_t>(facts.st_size), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Refused(ErrorKind::kInvalid, path, "secret-read", "cannot be read: " + Reason(errno));
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

Result<void> WriteSecretFile(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + "." + RandomHex(8) + ".new";
  {
    const File file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (file.get() < 0) {
      return Refused(ErrorKind::kUnavailable, path, "secret-write", "cannot be written: " + Reason(errno));
    }
    if (auto written = WriteAll(file.get(), bytes, path); !written) {
      ::unlink(temporary.c_str());
      return written;
    }
  }
  std::error_code failed;
  std::filesystem::rename(temporary, path, failed);
  if (!failed) return {};
  ::unlink(temporary.c_str());
  return Refused(ErrorKind::kUnavailable, path, "secret-write", "cannot be written: " + failed.message());
}

}  // namespace throughline::certs
