// Bytes of a CSV file -> its rows, cell by cell, as RFC 4180 quotes them. https://www.rfc-editor.org/rfc/rfc4180
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/formats/byte_window.h"

namespace throughline::formats {

// Private to the room. One row as it came, without its quotes; used again for the next.
struct CsvRow {
  std::string text;               // all cells, one behind the other
  std::vector<std::size_t> ends;  // of each cell in `text`
  std::uint64_t offset = 0;       // of its first byte in the file
  std::uint64_t line = 0;         // on which it begins, counted from 1
  bool quoted = false;            // something in it was quoted
  bool carriage_return = false;   // its line ended with CR LF

  std::size_t size() const { return ends.size(); }
  std::string_view cell(std::size_t i) const {
    const std::size_t start = i == 0 ? 0 : ends[i - 1];
    return std::string_view(text).substr(start, ends[i] - start);
  }
  bool blank() const { return text.empty() && ends.size() <= 1 && !quoted; }
};

enum class RowEnd : std::uint8_t {
  kRow,
  kTooLong,   // over a limit; the rest of it was passed over
  kUnclosed,  // a quote is opened in it and never closed
  kEnd,       // there is no row (or the source failed)
};

// A quote counts only at the start of a cell; elsewhere it is text. Lines end with LF or CR LF.
class CsvScanner {
 public:
  // `quote` 0: nothing is quoted.
  CsvScanner(char delimiter, char quote) : delimiter_(delimiter), quote_(quote) {}

  RowEnd Read(ByteWindow& window, std::size_t max_bytes, std::size_t max_cells, CsvRow& row);
  // The next row begins on this line of the file.
  void GoOnAt(std::uint64_t line) { line_ = line; }

 private:
  // Takes what it can of `bytes`; true: the row is complete. `taken` bytes are done with.
  bool Take(std::string_view bytes, std::size_t& taken, CsvRow& row);
  std::size_t PlainLength(std::string_view bytes) const;
  void Keep(std::string_view bytes, CsvRow& row);
  void EndCell(CsvRow& row);

  char delimiter_;
  char quote_;
  std::uint64_t line_ = 1;
  std::size_t max_bytes_ = 0;
  std::size_t max_cells_ = 0;
  bool too_long_ = false;
  bool inside_ = false;       // a quoted part
  bool closing_ = false;      // a quote came inside one: its end, or the first of two
  bool after_quote_ = false;  // the byte that was looked at last stands behind a closed quote
  bool start_ = true;         // of a cell
};

}  // namespace throughline::formats
