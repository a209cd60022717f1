// Bytes of a local file, in any pieces -> its records, one at a time, in flat memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/json/arena.h"
#include "fhir/json/locate.h"
#include "fhir/json/value.h"
#include "mappings/formats/record_format.h"

namespace throughline::formats {

class RowOrder;

// One record as it came. The views live until the next call of Next() (`bytes`) or as long as the arena (`value`).
struct Record {
  std::uint64_t index = 0;                        // counted from 0
  json::Position start = {};                      // of its first character in the file
  std::span<const std::uint64_t> row_lines = {};  // CSV: of each of its rows; as long as the arena
  // Empty when `error` is kTooLong. Of CSV: its value as JSON; of rows with an error the rows, each cell decoded where
  // the row can be.
  std::string_view bytes;
  json::Value value;  // null when `error` is there
  // Why this record cannot be read although the ones around it can: not JSON inside, or longer than the limit (the rest
  // of it was skipped). Locations count from the start of the file.
  std::optional<Error> error;
};

// Reads with one buffer: a record's bytes and its value are all that is in memory, besides the envelope.
// Not safe from several threads.
class RecordReader {
 public:
  RecordReader(RecordFormat format, ByteSource source, Limits limits = {});
  // A CSV file whose rows are read in `order`, so that those of one record stand together.
  RecordReader(RecordFormat format, PlacedSource source, RowOrder order, Limits limits = {});
  RecordReader(RecordReader&&) noexcept;
  RecordReader& operator=(RecordReader&&) noexcept;
  ~RecordReader();

  // The next record, parsed into `arena`; nothing at the end of the file.
  // kInvalid (rule "record-...", location "line 2, column 7"): the file around the records is not what the format says;
  // what the source said otherwise. After an error or the end the answer stays the same.
  Result<std::optional<Record>> Next(json::Arena& arena);

  // Reads what stands before the first record: of CSV the header, which is all of its envelope; of others nothing.
  // Next() does it when it was not done. Errors as those of Next().
  Result<void> Begin();

  // What stands around the records, as canonical JSON with an empty array in their place; "" for NDJSON, for a file
  // that is one record, and before it was read. Of CSV an object with the header row. Complete once Next() has said
  // that there are no more.
  std::string_view envelope() const;
  // CSV: columns that are missing, and columns that are not known, with name, spreadsheet letter and count. Complete at
  // the end of the file.
  Issues Notices() const;
  // Where a place in a record that was given (a JSON pointer) stands in the file, for people: "line 6, column BT", of
  // JSON "line 6, column 31" as long as the record has its bytes, and "" where its error says it. Once begun, safe
  // while another thread reads.
  std::string Where(const Record& record, std::string_view pointer) const;

 private:
  friend Result<std::string> ReadEnvelope(const RecordFormat& format, ByteSource source, const Limits& limits);
  class State;
  std::unique_ptr<State> state_;
};

// A reader of a file that can be read in any order: the rows of a CSV file that belong to one record are gathered,
// however they stand; for that the file is looked through once before. Errors as those of Begin(), and kUnavailable: a
// temporary file cannot be written.
Result<RecordReader> GatheringReader(const RecordFormat& format, PlacedSource source, const Limits& limits = {});

// Reads a whole source for its envelope alone, at the speed of the scan.
Result<std::string> ReadEnvelope(const RecordFormat& format, ByteSource source, const Limits& limits);

}  // namespace throughline::formats
