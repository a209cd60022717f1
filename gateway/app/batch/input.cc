#include "gateway/app/batch/input.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <utility>

#include "fhir/json/parse.h"

namespace throughline::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBlank = " \t\r\n";

bool IsLineName(std::string_view path) { return path.ends_with(".ndjson") || path.ends_with(".jsonl"); }

using Names = std::span<const std::string_view>;

bool IsWanted(const fs::path& path, Names names) {
  const std::string name = path.filename().string();
  return !name.starts_with('.') &&
         std::ranges::any_of(names, [&](std::string_view ending) { return name.ends_with(ending); });
}

// ".json, .jsonl or .ndjson".
std::string WordsOf(Names names) {
  std::string words;
  for (const std::string_view& name : names) {
    words.append(words.empty() ? "" : &name == &names.back() ? " or " : ", ").append(name);
  }
  return words;
}

std::uint64_t SizeOf(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  return error ? 0 : size;
}

Error CannotRead(const std::string& path, const std::error_code& error) {
  const ErrorKind kind = error == std::errc::no_such_file_or_directory ? ErrorKind::kNotFound : ErrorKind::kUnavailable;
  return MakeError(kind, "file", path + ": " + error.message());
}

Result<void> AddFolder(const std::string& folder, Names names, std::vector<BatchFile>& files) {
  std::vector<BatchFile> found;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    std::error_code ignored;
    if (at->is_directory(ignored)) {
      if (at->path().filename().string().starts_with('.')) at.disable_recursion_pending();
    } else if (at->is_regular_file(ignored) && IsWanted(at->path(), names)) {
      found.push_back({at->path().string(), SizeOf(at->path())});
    }
  }
  if (error) return CannotRead(folder, error);
  if (found.empty()) {
    return MakeError(ErrorKind::kInvalid, "file", folder + ": there is no " + WordsOf(names) + " file in this folder");
  }
  std::ranges::sort(found, {}, &BatchFile::path);
  std::ranges::move(found, std::back_inserter(files));
  return {};
}

bool IsBlank(std::string_view text) { return text.find_first_not_of(kBlank) == std::string_view::npos; }

}  // namespace

Result<std::vector<BatchFile>> ListFiles(const std::vector<std::string>& arguments,
                                         std::span<const std::string_view> names) {
  std::vector<BatchFile> files;
  for (const std::string& argument : arguments) {
    std::error_code error;
    const fs::file_status status = fs::status(argument, error);
    if (argument == "-") {
      files.push_back({argument, 0});
    } else if (!fs::exists(status)) {
      return CannotRead(argument, error ? error : std::make_error_code(std::errc::no_such_file_or_directory));
    } else if (fs::is_directory(status)) {
      if (auto added = AddFolder(argument, names, files); !added) return std::move(added).error();
    } else {
      files.push_back({argument, SizeOf(argument)});
    }
  }
  return files;
}

PieceReader::PieceReader(InputFile input, std::size_t file, std::string_view path)
    : input_(std::move(input)), file_(file), kind_(IsLineName(path) ? Kind::kLines : Kind::kUnknown) {}

// Adds to the buffer; false at the end of the file.
Result<bool> PieceReader::Fill() {
  if (ended_) return false;
  const std::size_t old = buffer_.size();
  buffer_.resize(old + kPieceBytes);
  const auto count = input_.Read(std::span<char>(buffer_).subspan(old));
  buffer_.resize(old + (count ? *count : 0));
  if (!count) return count.error();
  bytes_read_ += *count;
  ended_ = *count == 0;
  return !ended_;
}

// Lines have a value in the first one, and more behind it.
Result<void> PieceReader::FindKind() {
  std::size_t searched = 0;
  for (;;) {
    const std::size_t start = buffer_.find_first_not_of(kBlank);
    const std::size_t end = start == std::string::npos ? start : buffer_.find('\n', std::max(start, searched));
    if (end != std::string::npos && !IsBlank(std::string_view(buffer_).substr(end))) {
      const bool is_value = json::ParseDocument(std::string_view(buffer_).substr(start, end - start)) ? true : false;
      kind_ = is_value ? Kind::kLines : Kind::kDocument;
      return {};
    }
    searched = end != std::string::npos ? end : buffer_.size();
    if (buffer_.size() > kLongest) break;
    const auto filled = Fill();
    if (!filled) return filled.error();
    if (!*filled) break;
  }
  kind_ = Kind::kDocument;
  return {};
}

Result<std::optional<Piece>> PieceReader::Next() {
  if (kind_ == Kind::kUnknown) {
    if (auto found = FindKind(); !found) return std::move(found).error();
  }
  return kind_ == Kind::kLines ? NextLines() : NextDocument();
}

// The first `size` bytes of the buffer.
Piece PieceReader::Take(std::size_t size) {
  Piece piece{file_, kind_ == Kind::kLines, false, line_, buffer_.substr(0, size)};
  buffer_.erase(0, size);
  line_ += static_cast<std::size_t>(std::ranges::count(piece.text, '\n'));
  return piece;
}

Result<std::optional<Piece>> PieceReader::NextLines() {
  std::size_t last = buffer_.rfind('\n');
  for (;;) {
    if (last != std::string::npos && (buffer_.size() >= kPieceBytes || ended_)) return std::optional(Take(last + 1));
    if (buffer_.size() > kLongest) return SkipLongLine();
    const std::size_t old = buffer_.size();
    const auto filled = Fill();
    if (!filled) return filled.error();
    const std::size_t added = std::string_view(buffer_).substr(old).rfind('\n');
    if (added != std::string::npos) last = old + added;
    if (*filled || last != std::string::npos) continue;
    if (buffer_.empty()) return std::optional<Piece>();
    return std::optional(Take(buffer_.size()));
  }
}

Result<std::optional<Piece>> PieceReader::SkipLongLine() {
  Piece piece{file_, true, true, line_, {}};
  for (;;) {
    const std::size_t end = buffer_.find('\n');
    if (end != std::string::npos) {
      buffer_.erase(0, end + 1);
      ++line_;
      return std::optional(std::move(piece));
    }
    buffer_.clear();
    const auto filled = Fill();
    if (!filled) return filled.error();
    if (!*filled) return std::optional(std::move(piece));
  }
}

Result<std::optional<Piece>> PieceReader::NextDocument() {
  if (done_) return std::optional<Piece>();
  done_ = true;
  while (buffer_.size() <= kLongest) {
    const auto filled = Fill();
    if (!filled) return filled.error();
    if (!*filled) return std::optional(Take(buffer_.size()));
  }
  buffer_.clear();
  return std::optional(Piece{file_, false, true, 1, {}});
}

}  // namespace throughline::app
