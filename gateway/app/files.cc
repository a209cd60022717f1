#include "gateway/app/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>

namespace throughline::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = 1u << 16;

Error FileError(const std::string& path, int number) {
  const ErrorKind kind = number == ENOENT ? ErrorKind::kNotFound : ErrorKind::kUnavailable;
  return MakeError(kind, "file", path + ": " + std::strerror(number));
}

using Status = struct stat;

// Nothing: there is no such file. "-" is standard input.
std::optional<Status> StatusOf(const std::string& path) {
  Status status{};
  const int failed = path == "-" ? ::fstat(STDIN_FILENO, &status) : ::stat(path.c_str(), &status);
  return failed == 0 ? std::optional(status) : std::nullopt;
}

bool IsSame(const Status& one, const Status& other) { return one.st_dev == other.st_dev && one.st_ino == other.st_ino; }

// A rename would put a file in its place.
bool IsWrittenDirectly(const std::string& path) {
  Status status{};
  return ::lstat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

std::string MebibytesOf(std::size_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

// "" for what is read like a plain file; a folder's own error comes when it is read.
std::string_view KindOf(mode_t mode) {
  if (S_ISREG(mode) || S_ISDIR(mode)) return "";
  return S_ISFIFO(mode) ? "a pipe" : S_ISSOCK(mode) ? "a socket" : "a device";
}

// One byte past the limit says that there is more. Room that is not used costs no memory.
Result<std::string> ReadWhole(InputFile& file, std::size_t most) {
  std::string bytes;
  bytes.reserve(file.Size() > 0 ? std::min(file.Size(), most) + 1 : most + 1);
  char block[kBlock];
  for (;;) {
    auto count = file.Read(std::span(block, std::min(kBlock, most + 1 - bytes.size())));
    if (!count) return std::move(count).error();
    if (*count == 0) return bytes;
    if (bytes.size() + *count > most) {
      return MakeError(ErrorKind::kTooLong, "file", file.path() + ": this file is larger than " + MebibytesOf(most));
    }
    bytes.append(block, *count);
  }
}

}  // namespace

Result<InputFile> InputFile::Open(const std::string& path) {
  const int file = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return FileError(path, errno);
  return InputFile(path, file, ::lseek(file, 0, SEEK_CUR));
}

Result<InputFile> InputFile::OpenPlain(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe would wait for who writes
  if (file < 0) return FileError(path, errno);
  InputFile opened(path, file, ::lseek(file, 0, SEEK_CUR));
  Status status{};
  if (::fstat(file, &status) != 0) return FileError(path, errno);
  const std::string_view kind = KindOf(status.st_mode);
  if (kind.empty()) return opened;
  return MakeError(ErrorKind::kNotSupported, "file",
                   path + ": this is " + std::string(kind) + ", and only plain files are read here");
}

InputFile::~InputFile() {
  if (file_ > STDIN_FILENO) ::close(file_);
}

Result<std::size_t> InputFile::Read(std::span<char> room) {
  const ssize_t count = ::read(file_, room.data(), room.size());
  if (count < 0) return FileError(path_, errno);
  return static_cast<std::size_t>(count);
}

Result<std::size_t> InputFile::ReadAt(std::uint64_t offset, std::span<char> room) const {
  const ssize_t count = ::pread(file_, room.data(), room.size(), std::max(start_, 0L) + static_cast<off_t>(offset));
  if (count < 0) return FileError(path_, errno);
  return static_cast<std::size_t>(count);
}

bool InputFile::Rewind() { return start_ >= 0 && ::lseek(file_, start_, SEEK_SET) == start_; }

std::size_t InputFile::Size() const {
  Status status{};
  return ::fstat(file_, &status) == 0 && S_ISREG(status.st_mode) ? static_cast<std::size_t>(status.st_size) : 0;
}

Result<std::string> ReadFile(const std::string& path, std::size_t most) {
  auto file = InputFile::Open(path);
  if (!file) return std::move(file).error();
  return ReadWhole(*file, most);
}

Result<std::string> ReadPlainFile(const std::string& path, std::size_t most) {
  auto file = InputFile::OpenPlain(path);
  if (!file) return std::move(file).error();
  return ReadWhole(*file, most);
}

Result<bool> LineFile::Next(std::string_view& line) {
  std::size_t searched = next_;
  std::size_t end = buffer_.find('\n', searched);
  while (end == std::string::npos && !ended_) {
    if (buffer_.size() - next_ >= most_) {
      return MakeError(ErrorKind::kTooLong, "file", file_.path() + ": a line is longer than " + MebibytesOf(most_));
    }
    buffer_.erase(0, next_);
    next_ = 0;
    searched = buffer_.size();
    buffer_.resize(searched + kBlock);
    auto count = file_.Read(std::span(buffer_).subspan(searched));
    if (!count) return std::move(count).error();
    buffer_.resize(searched + *count);
    ended_ = *count == 0;
    end = buffer_.find('\n', searched);
  }
  if (end == std::string::npos && next_ == buffer_.size()) return false;
  line = std::string_view(buffer_).substr(next_, std::min(end, buffer_.size()) - next_);
  next_ = std::min(end == std::string::npos ? end : end + 1, buffer_.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  return true;
}

Result<void> CheckNotRead(std::string_view named, const std::string& path, std::span<const std::string> read) {
  const auto status = StatusOf(path);
  if (!status || S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode)) return {};
  const std::string begin = std::string(named) + " " + path + " is ";
  for (const std::string& input : read) {
    const auto other = StatusOf(input);
    if (!other || !IsSame(*status, *other)) continue;
    return MakeError(ErrorKind::kInvalid, "output",
                     begin + "a file that this run reads (" + (input == "-" ? "standard input" : input) +
                         "): writing it would destroy it");
  }
  Status output{};
  if (S_ISREG(status->st_mode) && ::fstat(STDOUT_FILENO, &output) == 0 && IsSame(*status, output)) {
    return MakeError(ErrorKind::kInvalid, "output", begin + "the file that standard output goes to");
  }
  return {};
}

Result<OutputFile> OutputFile::Open(const std::string& path) {
  if (IsWrittenDirectly(path)) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return FileError(path, errno);
    return OutputFile(path, "", file);
  }
  std::string temporary = path + ".XXXXXX";
  const int file = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (file < 0) return FileError(path, errno);
  return OutputFile(path, std::move(temporary), file);
}

OutputFile::~OutputFile() {
  if (file_ >= 0) ::close(file_);
  if (file_ >= 0 && !temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<void> OutputFile::Write(std::string_view bytes) {
  buffer_.append(bytes);
  return buffer_.size() < kBlock ? Result<void>() : Flush();
}

Result<void> OutputFile::Flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t count = ::write(file_, rest.data(), rest.size());
    if (count < 0) return FileError(path_, errno);
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  buffer_.clear();
  return {};
}

Result<void> OutputFile::Finish() {
  if (auto flushed = Flush(); !flushed) return flushed;
  const bool durable = ::fsync(file_) == 0 || temporary_.empty();  // a pipe or a terminal has nothing to make durable
  if (durable && (temporary_.empty() || std::rename(temporary_.c_str(), path_.c_str()) == 0)) {
    return ::close(std::exchange(file_, -1)) == 0 ? Result<void>() : FileError(path_, errno);
  }
  return FileError(path_, errno);
}

Result<void> WriteFile(const std::string& path, std::string_view bytes) {
  auto file = OutputFile::Open(path);
  if (!file) return std::move(file).error();
  if (auto written = file->Write(bytes); !written) return written;
  return file->Finish();
}

std::string LibraryFolder() {
  std::vector<std::string> candidates;
  if (const char* named = std::getenv("THROUGHLINE_LIBRARY"); named != nullptr) candidates.emplace_back(named);
  candidates.emplace_back(THROUGHLINE_LIBRARY_DIR);
  candidates.emplace_back("/usr/share/throughline/mappings/library");
  for (const std::string& candidate : candidates) {
    if (fs::is_directory(candidate)) return candidate;
  }
  return candidates.front();
}

std::vector<std::string> LibraryMaps() {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(LibraryFolder(), ignored)) {
    if (fs::exists(entry.path() / "map.yaml")) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string MapPath(const std::string& name_or_path) {
  const fs::path path(name_or_path);
  if (fs::is_directory(path) && fs::exists(path / "map.yaml")) return path / "map.yaml";
  if (path.has_parent_path() || path.extension() == ".yaml") return name_or_path;
  return fs::path(LibraryFolder()) / name_or_path / "map.yaml";
}

}  // namespace throughline::app
