// Records -> rows of a CSV file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/json/value.h"
#include "mappings/formats/record_format.h"

namespace throughline::formats {

// Private to the room. Appends to what it is given; writes nothing itself.
class CsvWriter {
 public:
  // `format` must outlive it.
  explicit CsvWriter(const CsvFormat& format) : format_(format) {}

  // The header row: the one of `envelope`, or of a file made anew when that is empty. kInvalid: it is no CSV envelope,
  // or none that a reader takes: a name twice, no column of the key.
  Result<void> Begin(std::string_view envelope, std::string& out);
  // The rows of a record. kInvalid: a text has a character that the encoding cannot write; nothing is appended then.
  Result<void> Write(const json::Value& record, std::string& out);
  // Cells that held something and for which the file has no column, by the column's name.
  Issues Notices() const;

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  Result<void> TakeHeader(const json::Value& header);
  void NoteLeftOut(const json::Value& record, const json::Value& row);
  bool WriteRow(const json::Value& record, const json::Value& row, std::string& out);
  bool WriteCell(std::string_view text, std::string& out);

  const CsvFormat& format_;
  std::vector<std::string> header_;
  std::vector<std::size_t> columns_;     // of the format, for each cell; kNone: not known to it
  std::vector<std::uint64_t> left_out_;  // for each column of the format that the file does not have
  bool carriage_return_ = false;
  std::string scratch_;
};

}  // namespace throughline::formats
