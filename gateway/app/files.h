// All reading and writing of files that commands do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/result.h"

namespace throughline::app {

inline constexpr std::size_t kLongestDocument = 256u << 20;

// The whole file that the user named, which may be a pipe; "-" is standard input. Nothing is read past `most` bytes.
// kNotFound; kUnavailable with the system's reason; kTooLong: it is larger than `most`.
Result<std::string> ReadFile(const std::string& path, std::size_t most = kLongestDocument);
// The same of a file that another file named. kNotSupported: it is a pipe, a device or the like, which could hold us
// for ever; it is not waited for.
Result<std::string> ReadPlainFile(const std::string& path, std::size_t most = kLongestDocument);

// An open file as a source of bytes: at the end of the file it answers 0.
class InputFile {
 public:
  // "-" is standard input.
  static Result<InputFile> Open(const std::string& path);
  // kNotSupported: it is no plain file. A folder is one until it is read.
  static Result<InputFile> OpenPlain(const std::string& path);
  InputFile(InputFile&& other) noexcept
      : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)), start_(other.start_) {}
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile();

  Result<std::size_t> Read(std::span<char> room);
  // The same from the byte at `offset` behind where it was opened, which leaves Read() where it was; not of a pipe.
  Result<std::size_t> ReadAt(std::uint64_t offset, std::span<char> room) const;
  // How much there is to read; 0: not known.
  std::size_t Size() const;
  const std::string& path() const { return path_; }
  // Back to where it was opened. False: it is a pipe or the like.
  bool Rewind();

 private:
  InputFile(std::string path, int file, long start) : path_(std::move(path)), file_(file), start_(start) {}

  std::string path_;
  int file_;
  long start_;  // -1: it has no places to go back to
};

// The lines of a file, one at a time: memory for the longest line, whatever the file's size.
class LineFile {
 public:
  explicit LineFile(InputFile file, std::size_t most = kLongestDocument) : file_(std::move(file)), most_(most) {}

  // False: the file is at its end. kTooLong: a line and its end are longer than `most`. `line` is without its line end
  // ("\n" or "\r\n"), and valid until the next call.
  Result<bool> Next(std::string_view& line);
  // No line is at hand: the next call waits for the system.
  bool drained() const { return buffer_.find('\n', next_) == std::string::npos; }

 private:
  InputFile file_;
  std::size_t most_;
  std::string buffer_;
  std::size_t next_ = 0;
  bool ended_ = false;
};

// Refuses (kInvalid) to write to `path` what `named` says ("--ledger") when it is one of the files in `read`, under
// whatever name: the same device and inode. What is not there yet is none of them, and a device may be both. "-" is
// standard input. Refuses too the file that standard output goes to.
Result<void> CheckNotRead(std::string_view named, const std::string& path, std::span<const std::string> read);

// A file that is written piece by piece, under a name of its own beside `path` until Finish() renames it; what was not
// finished is removed. Where a link, a device or a pipe stands it is written to directly, and stays what it is. Errors:
// kUnavailable with the system's reason, kNotFound for a folder that is not there.
class OutputFile {
 public:
  static Result<OutputFile> Open(const std::string& path);
  OutputFile(OutputFile&& other) noexcept
      : path_(std::move(other.path_)),
        temporary_(std::move(other.temporary_)),
        buffer_(std::move(other.buffer_)),
        file_(std::exchange(other.file_, -1)) {}
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  Result<void> Write(std::string_view bytes);
  Result<void> Finish();

 private:
  OutputFile(std::string path, std::string temporary, int file)
      : path_(std::move(path)), temporary_(std::move(temporary)), file_(file) {}
  Result<void> Flush();

  std::string path_;
  std::string temporary_;  // empty: it is written to directly
  std::string buffer_;
  int file_;
};

// By temporary name, fsync and rename: readers see the old file or the new one.
Result<void> WriteFile(const std::string& path, std::string_view bytes);

// The folder of the map library: $THROUGHLINE_LIBRARY, the build's own, or the installed one; the first that is there.
std::string LibraryFolder();

// Names of the maps in the library, sorted.
std::vector<std::string> LibraryMaps();

// Where a map of the config or the command line stands: a name of the library, or a path to a .yaml file or its folder.
std::string MapPath(const std::string& name_or_path);

}  // namespace throughline::app
