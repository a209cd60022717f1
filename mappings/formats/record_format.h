// How a local file holds its records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "mappings/formats/encoding.h"

namespace throughline::formats {

enum class Syntax : std::uint8_t {
  kJson,    // one JSON value that holds the records somewhere inside
  kNdjson,  // a record a line
  kCsv,     // a header and rows
};

// The word of a map's `local.format` ("json", "ndjson", "csv").
std::string_view CodeOf(Syntax syntax);
// Its media type for HTTP ("application/json", "application/x-ndjson", "text/csv").
std::string_view MediaTypeOf(Syntax syntax);

// A column that a CSV file may have.
struct CsvColumn {
  std::string name;                  // of the member that a record has for it
  std::vector<std::string> headers;  // what stands in the header row: any of these, the first when a file is made anew
  std::string nothing;               // what a cell holds that says nothing
  bool in_rows = false;              // a member of the rows' list instead of the record
  bool key = false;                  // rows with the same cells of these are one record
};

struct CsvFormat {
  char delimiter = ',';
  char quote = '"';  // 0: nothing is quoted
  Encoding encoding = Encoding::kUtf8;
  bool carriage_return = false;  // lines of a file that is made anew end with CR LF
  bool byte_order_mark = false;  // such a file begins with one; UTF-8 only
  // A cell that a spreadsheet would run as a formula stands behind an apostrophe, which is taken off again when read.
  bool guarded = false;
  std::string rows;                // member that holds the list of a record's rows; empty: a row is a record
  std::vector<CsvColumn> columns;  // in the order of a file that is made anew
};

struct RecordFormat {
  Syntax syntax = Syntax::kJson;
  // JSON only: where the records are. "discharges.*": the items of that member; "*": the items of the file, an array;
  // "": the file is one record.
  std::string records;
  // JSON only: blanks per level when written; -1: one line.
  int indent = -1;
  CsvFormat csv = {};
};

// The media type of a file of this format; of CSV with its character set.
std::string ContentTypeOf(const RecordFormat& format);

// threats.md 2.1.
struct Limits {
  std::size_t record_bytes = 2u << 20;
  std::size_t envelope_bytes = 1u << 20;  // what stands around the records
  std::size_t depth = 100;
  // Records of a CSV file whose rows are looked for further down. Nothing: they are known to stand together.
  std::optional<std::size_t> watched_keys = 1'000'000;
};

// Fills the front of `room` and says how many bytes it wrote; 0: the end. Its errors are passed on as they are.
using ByteSource = std::function<Result<std::size_t>(std::span<char> room)>;
// The same from the byte at `offset` of a file that can be read in any order.
using PlacedSource = std::function<Result<std::size_t>(std::uint64_t offset, std::span<char> room)>;
// Takes bytes; its errors are passed on as they are.
using ByteSink = std::function<Result<void>(std::string_view bytes)>;

// A source over bytes in memory, which must outlive it.
ByteSource FromMemory(std::string_view bytes);
PlacedSource PlacedInMemory(std::string_view bytes);

}  // namespace throughline::formats
