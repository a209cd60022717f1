#include "mappings/formats/csv_row.h"

#include <algorithm>

namespace throughline::formats {

void CsvScanner::Keep(std::string_view bytes, CsvRow& row) {
  line_ += static_cast<std::uint64_t>(std::ranges::count(bytes, '\n'));
  too_long_ = too_long_ || row.text.size() + bytes.size() > max_bytes_;
  if (!too_long_) row.text.append(bytes);
}

void CsvScanner::EndCell(CsvRow& row) {
  too_long_ = too_long_ || row.ends.size() >= max_cells_;
  if (!too_long_) row.ends.push_back(row.text.size());
  start_ = true;
  inside_ = closing_ = false;
}

std::size_t CsvScanner::PlainLength(std::string_view bytes) const {
  std::size_t length = 0;
  while (length < bytes.size() && bytes[length] != delimiter_ && bytes[length] != '\n') ++length;
  return length;
}

bool CsvScanner::Take(std::string_view bytes, std::size_t& taken, CsvRow& row) {
  for (std::size_t i = 0; i < bytes.size();) {
    if (inside_) {
      const std::size_t end = std::min(bytes.find(quote_, i), bytes.size());
      Keep(bytes.substr(i, end - i), row);
      i = end;
      if (i == bytes.size()) break;
      inside_ = false;
      closing_ = true;
      ++i;
      continue;
    }
    const char byte = bytes[i];
    if (quote_ != 0 && byte == quote_ && (closing_ || start_)) {
      if (closing_) Keep(bytes.substr(i, 1), row);
      inside_ = row.quoted = true;
      closing_ = start_ = false;
      ++i;
      continue;
    }
    after_quote_ = closing_;
    closing_ = false;
    if (byte == delimiter_) {
      EndCell(row);
      ++i;
    } else if (byte == '\n') {
      taken = i + 1;
      return true;
    } else {
      const std::size_t length = PlainLength(bytes.substr(i));
      Keep(bytes.substr(i, length), row);
      start_ = false;
      i += length;
    }
  }
  taken = bytes.size();
  return false;
}

RowEnd CsvScanner::Read(ByteWindow& window, std::size_t max_bytes, std::size_t max_cells, CsvRow& row) {
  row.text.clear();
  row.ends.clear();
  row.offset = window.offset();
  row.line = line_;
  row.quoted = row.carriage_return = false;
  max_bytes_ = max_bytes;
  max_cells_ = max_cells;
  too_long_ = inside_ = closing_ = after_quote_ = false;
  start_ = true;
  if (window.Peek() < 0) return RowEnd::kEnd;
  bool complete = false;
  while (!complete) {
    const std::string_view ahead = window.Ahead();
    if (ahead.empty()) break;
    std::size_t taken = 0;
    complete = Take(ahead, taken, row);
    window.Skip(taken);
  }
  if (window.failed()) return RowEnd::kEnd;
  if (inside_) return RowEnd::kUnclosed;
  const std::size_t last = row.ends.empty() ? 0 : row.ends.back();
  const bool quoted_to_its_end = complete ? after_quote_ : closing_;
  row.carriage_return = row.text.size() > last && row.text.back() == '\r' && !too_long_ && !quoted_to_its_end;
  if (row.carriage_return) row.text.pop_back();
  EndCell(row);
  line_ += complete ? 1 : 0;
  return too_long_ ? RowEnd::kTooLong : RowEnd::kRow;
}

}  // namespace throughline::formats
