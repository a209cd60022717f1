#include "gateway/store/directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace throughline::store {
namespace {

// https://man7.org/linux/man-pages/man2/statfs.2.html
constexpr std::array<std::uint32_t, 7> kNetworkFileSystems = {
    0x6969,      // NFS
    0x517B,      // SMB
    0xFE534D42,  // SMB2
    0xFF534D42,  // CIFS
    0x5346414F,  // AFS
    0x00C36400,  // Ceph
    0x564C,      // NCP
};

class File {
 public:
  File(const std::string& path, int flags, mode_t mode = 0600)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~File() {
    if (number_ >= 0) ::close(number_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  explicit operator bool() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

Error Refused(std::string_view rule, std::string text) {
  return MakeError(ErrorKind::kUnavailable, std::string(rule), std::move(text));
}

bool IsOnNetwork(const std::string& directory) {
  struct statfs about = {};
  if (::statfs(directory.c_str(), &about) != 0) return false;
  for (const std::uint32_t magic : kNetworkFileSystems) {
    if (static_cast<std::uint32_t>(about.f_type) == magic) return true;
  }
  return false;
}

bool FlushPath(const std::string& path, int flags) {
  const File file(path, flags);
  return file && ::fsync(file.number()) == 0;
}

std::string DirectoryOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

bool WriteAll(int file, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(file, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

bool CopyBytes(const File& from, const File& to) {
  std::vector<char> buffer(1u << 20);
  for (;;) {
    const ssize_t got = ::read(from.number(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0;
    if (!WriteAll(to.number(), buffer.data(), static_cast<std::size_t>(got))) return false;
  }
}

}  // namespace

std::string DatabasePath(const std::string& directory) { return directory + "/throughline.db"; }

Result<void> MakeDirectory(const std::string& directory) {
  std::error_code failed;
  const std::filesystem::path parent = std::filesystem::absolute(directory, failed).parent_path();
  if (!failed) std::filesystem::create_directories(parent, failed);
  if (!failed && ::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    failed.assign(errno, std::generic_category());
  if (!failed && !std::filesystem::is_directory(directory, failed))
    failed = std::make_error_code(std::errc::not_a_directory);
  if (failed) return Refused("store-directory", "the directory " + directory + " cannot be made: " + failed.message());
  return {};
}

bool IsEmptyOrMissing(const std::string& directory) {
  std::error_code failed;
  if (!std::filesystem::exists(directory, failed)) return true;
  return std::filesystem::is_empty(directory, failed) && !failed;
}

Result<DirectoryLock> DirectoryLock::Take(const std::string& directory) {
  if (auto made = MakeDirectory(directory); !made) return made.error();
  if (IsOnNetwork(directory)) {
    return Refused("store-network",
                   "the directory " + directory +
                       " is on a network file system, where locks and fsync cannot be trusted; use a local disk");
  }
  const std::string path = directory + "/lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return Refused("store-directory", "the directory " + directory + " cannot be written to");
  DirectoryLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    return Refused("store-locked", "another process is using the data directory " + directory + "; stop it first");
  }
  return lock;
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

DirectoryLock::~DirectoryLock() {
  if (file_ >= 0) ::close(file_);
}

Result<void> Flush(const std::string& path) {
  if (FlushPath(path, O_RDONLY) && FlushPath(DirectoryOf(path), O_RDONLY | O_DIRECTORY)) return {};
  return Refused("no-store", "the file could not be flushed to the disk");
}

Result<void> RenameDurably(const std::string& from, const std::string& to) {
  if (FlushPath(from, O_RDONLY) && ::rename(from.c_str(), to.c_str()) == 0) return Flush(to);
  return Refused("no-store", "the file could not be given its name");
}

Result<void> CopyDurably(const std::string& from, const std::string& to) {
  const std::string unfinished = to + ".part";
  {
    const File source(from, O_RDONLY);
    const File copy(unfinished, O_WRONLY | O_CREAT | O_TRUNC);
    if (!source || !copy || !CopyBytes(source, copy)) return Refused("no-store", "the file could not be copied");
  }
  return RenameDurably(unfinished, to);
}

}  // namespace throughline::store
