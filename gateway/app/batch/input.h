// The files that a command was given, as pieces of text to work on: whole JSON documents, or lines of NDJSON.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "gateway/app/files.h"

namespace throughline::app {

struct BatchFile {
  std::string path;
  std::uint64_t bytes = 0;  // 0: not known
};

// Endings of names: of what is read as JSON, and of what else there is.
inline constexpr std::array<std::string_view, 3> kJsonNames = {".json", ".jsonl", ".ndjson"};
inline constexpr std::string_view kXmlName = ".xml";

// Arguments in their order; of a folder everything below it whose name ends in one of `names`, sorted by path, without
// what is hidden and without following links to folders. kNotFound, kUnavailable: an argument is not there; kInvalid: a
// folder without such files.
Result<std::vector<BatchFile>> ListFiles(const std::vector<std::string>& arguments,
                                         std::span<const std::string_view> names = kJsonNames);

// Some text of a file: one document, or whole lines.
struct Piece {
  std::size_t file = 0;
  bool lines = false;
  bool too_long = false;       // one document or line over the limit: `text` is empty
  std::size_t first_line = 1;  // of `text` in the file
  std::string text;
};

// Reads a file piece by piece, and no more than one piece at a time. It holds lines when its name ends in .ndjson or
// .jsonl, or when its first line is a JSON value and another one follows.
class PieceReader {
 public:
  static constexpr std::size_t kPieceBytes = 256u << 10;     // of lines
  static constexpr std::size_t kLongest = kLongestDocument;  // a line too

  PieceReader(InputFile input, std::size_t file, std::string_view path);

  // Nothing: the end of the file. kUnavailable: it cannot be read further.
  Result<std::optional<Piece>> Next();
  std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  enum class Kind : std::uint8_t { kUnknown, kDocument, kLines };

  Result<bool> Fill();
  Result<void> FindKind();
  Result<std::optional<Piece>> NextLines();
  Result<std::optional<Piece>> NextDocument();
  Result<std::optional<Piece>> SkipLongLine();
  Piece Take(std::size_t size);

  InputFile input_;
  std::size_t file_;
  Kind kind_ = Kind::kUnknown;
  bool done_ = false;   // the document was given
  bool ended_ = false;  // nothing more to read
  std::string buffer_;
  std::size_t line_ = 1;  // where `buffer_` starts
  std::uint64_t bytes_read_ = 0;
};

}  // namespace throughline::app
