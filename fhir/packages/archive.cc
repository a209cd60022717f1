#include "fhir/packages/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace throughline::packages {

Error Refused(std::string rule, std::string text) {
  const ErrorKind kind = rule == "package-limit" ? ErrorKind::kTooLong : ErrorKind::kInvalid;
  return MakeError(kind, std::move(rule), std::move(text));
}

namespace {

constexpr std::string_view kFolder = "package/";
constexpr std::size_t kUnpackedBeforeRatio = 1u << 20;
constexpr std::size_t kTarAroundFile = 4096;  // headers and padding

struct FreeReader {
  void operator()(archive* reader) const { archive_read_free(reader); }
};

Error Damaged() { return Refused("package-gzip", "the package is damaged or cut off"); }

// Relative, without "..", and spelt as every system reads it.
bool IsPlainPath(std::string_view path) {
  if (path.empty() || path.front() == '/' || path.find('\\') != std::string_view::npos ||
      path.find(':') != std::string_view::npos ||
      std::ranges::any_of(path, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; })) {
    return false;
  }
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (path.substr(0, slash) == "..") {
      return false;
    }
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return true;
}

// What gzip holds, piece by piece, with its checksums and lengths held against it (libarchive passes over them).
// https://www.rfc-editor.org/rfc/rfc1952
class Gzip {
 public:
  Gzip(std::string_view bytes, std::size_t most) : most_(most) {
    // zlib reads through the pointer and never writes.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // NOLINT
    stream_.avail_in = static_cast<uInt>(bytes.size());
    sound_ = inflateInit2(&stream_, kGzipOnly) == Z_OK;
  }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip() { inflateEnd(&stream_); }

  // Empty: its end, or it is damaged or too long.
  std::string_view Next() {
    stream_.next_out = room_.data();
    stream_.avail_out = static_cast<uInt>(room_.size());
    while (sound_ && !ended_ && stream_.avail_out > 0) Inflate();
    const std::size_t made = room_.size() - stream_.avail_out;
    unpacked_ += made;
    if (!sound_ || too_long()) return {};
    return {reinterpret_cast<const char*>(room_.data()), made};
  }
  bool sound() const { return sound_; }
  bool too_long() const { return unpacked_ > most_; }

 private:
  static constexpr int kGzipOnly = 16 + MAX_WBITS;

  void Inflate() {
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_OK) return;
    sound_ = status == Z_STREAM_END;
    ended_ = true;
    // Files of gzip may be laid end to end; what else stands there is padding.
    if (!sound_ || stream_.avail_in < 2 || stream_.next_in[0] != 0x1f || stream_.next_in[1] != 0x8b) return;
    sound_ = inflateReset(&stream_) == Z_OK;
    ended_ = false;
  }

  std::array<Bytef, 1u << 16> room_{};
  z_stream stream_{};
  std::size_t most_;
  std::size_t unpacked_ = 0;
  bool sound_ = true;
  bool ended_ = false;
};

la_ssize_t ReadGzip(archive*, void* gzip, const void** out) {
  auto& from = *static_cast<Gzip*>(gzip);
  const std::string_view piece = from.Next();
  *out = piece.data();
  return from.sound() && !from.too_long() ? static_cast<la_ssize_t>(piece.size()) : la_ssize_t{ARCHIVE_FATAL};
}

class Unpacker {
 public:
  Unpacker(std::string_view bytes, const Limits& limits)
      : bytes_(bytes),
        limits_(limits),
        gzip_(std::make_unique<Gzip>(bytes, limits.bytes + limits.files * kTarAroundFile)),
        reader_(archive_read_new()) {}

  Result<std::map<std::string, std::string>> Run() {
    archive_read_support_format_tar(reader_.get());
    // Read on behind the end of the archive, to where gzip says that nothing was cut off.
    archive_read_set_options(reader_.get(), "tar:read_concatenated_archives");
    if (archive_read_open(reader_.get(), gzip_.get(), nullptr, ReadGzip, nullptr) != ARCHIVE_OK) {
      return Stopped();
    }
    archive_entry* entry = nullptr;
    int status = ARCHIVE_OK;
    while ((status = archive_read_next_header(reader_.get(), &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN) {
      if (auto taken = Take(entry); !taken) {
        return std::move(taken).error();
      }
    }
    while (status == ARCHIVE_EOF && !gzip_->Next().empty()) {
    }
    if (status != ARCHIVE_EOF || !gzip_->sound() || gzip_->too_long()) {
      return Stopped();
    }
    return std::move(files_);
  }

 private:
  Error Stopped() const { return gzip_->too_long() ? TooMuch() : Damaged(); }

  Error TooMuch() const {
    return Refused("package-limit", "the package unpacks to more than " + std::to_string(limits_.bytes) + " bytes");
  }

  Result<void> Take(archive_entry* entry) {
    if (++entries_ > limits_.files) {
      return Refused("package-limit", "the package holds more than " + std::to_string(limits_.files) + " files");
    }
    const char* const name = archive_entry_pathname_utf8(entry);
    std::string_view path = name == nullptr ? "" : name;
    if (path.starts_with("./")) {
      path.remove_prefix(2);
    }
    const auto kind = archive_entry_filetype(entry);
    if (path.empty() && kind == AE_IFDIR) {
      return {};
    }
    if (!IsPlainPath(path)) {
      return Refused("package-path",
                     "the package holds a file whose path is absolute, leads out of the package, or "
                     "cannot be read");
    }
    if (archive_entry_hardlink(entry) != nullptr || (kind != AE_IFREG && kind != AE_IFDIR)) {
      return Refused("package-link", "the package holds a link or a device; only plain files are read");
    }
    return kind == AE_IFDIR ? Result<void>() : TakeFile(path);
  }

  Result<void> TakeFile(std::string_view path) {
    std::string content;
    if (auto read = ReadContent(content); !read) {
      return read;
    }
    const bool is_inside = path.starts_with(kFolder) && path.find('/', kFolder.size()) == std::string_view::npos;
    const std::string name(path.substr(is_inside ? kFolder.size() : 0));
    if (!is_inside || !name.ends_with(".json") || name.starts_with('.')) {
      return {};
    }
    if (!files_.try_emplace(name, std::move(content)).second) {
      return Refused("package-twice", "the package holds two files of one name");
    }
    return {};
  }

  Result<void> ReadContent(std::string& content) {
    std::array<char, 1u << 16> block{};
    while (true) {
      const la_ssize_t count = archive_read_data(reader_.get(), block.data(), block.size());
      if (count < 0) {
        return Stopped();
      }
      if (count == 0) {
        return {};
      }
      content.append(block.data(), static_cast<std::size_t>(count));
      total_ += static_cast<std::size_t>(count);
      if (auto fits = Fits(content.size()); !fits) {
        return fits;
      }
    }
  }

  Result<void> Fits(std::size_t file_bytes) const {
    if (file_bytes > limits_.file_bytes) {
      return Refused("package-limit",
                     "a file of the package is larger than " + std::to_string(limits_.file_bytes) + " bytes");
    }
    if (total_ > limits_.bytes) {
      return TooMuch();
    }
    if (total_ > kUnpackedBeforeRatio && total_ / limits_.ratio > bytes_.size()) {
      return Refused("package-limit",
                     "the package unpacks to more than " + std::to_string(limits_.ratio) + " times its size");
    }
    return {};
  }

  std::string_view bytes_;
  const Limits& limits_;
  std::unique_ptr<Gzip> gzip_;  // outlives the reader
  std::unique_ptr<archive, FreeReader> reader_;
  std::map<std::string, std::string> files_;
  std::size_t entries_ = 0;
  std::size_t total_ = 0;
};

}  // namespace

Result<std::map<std::string, std::string>> Unpack(std::string_view bytes, const Limits& limits) {
  if (bytes.size() > limits.packed_bytes) {
    return Refused("package-limit", "the package is larger than " + std::to_string(limits.packed_bytes) + " bytes");
  }
  if (!bytes.starts_with("\x1f\x8b")) {
    return Refused("package-gzip", "the package is no .tgz: it is not packed by gzip");
  }
  return Unpacker(bytes, limits).Run();
}

}  // namespace throughline::packages
