// A CSV file -> its records: each row, or the rows that stand together and have the same key, is one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/json/arena.h"
#include "mappings/formats/byte_window.h"
#include "mappings/formats/csv_row.h"
#include "mappings/formats/record_reader.h"
#include "mappings/formats/row_order.h"

namespace throughline::formats {

// Private to the room. A record is an object with a member for each column of the format that the file has, every value
// a text; columns of the rows are members of the objects in the list `rows`. Cells of columns that the format does not
// know are members under the name in the header where they hold something; "column D" where it has none, or where the
// first line may be a row, of whose cells nothing is ever shown (not asked where the format knows no columns at all).
class CsvReader {
 public:
  // `format` must outlive it.
  CsvReader(const CsvFormat& format, const Limits& limits)
      : format_(format), limits_(limits), scanner_(format.delimiter, format.quote) {}

  // Reads the header row. kInvalid: there is none, a column stands twice, or one of the key is missing.
  Result<void> Begin(ByteWindow& window);
  // The next record; nothing at the end. Only after Begin().
  Result<std::optional<Record>> Next(ByteWindow& window, json::Arena& arena);

  // Rows are read in this order: `turn` goes to the next run of rows, or says that there is none. Before Begin().
  using Turn = std::function<Result<std::optional<RowRun>>(ByteWindow& window)>;
  void Follow(Turn turn, std::uint64_t records);
  // Where the next row is and to which record it belongs; nothing at the end. A row that cannot be read has a key of
  // its own.
  std::optional<RunSort::Row> Place() const;
  // Over the next row.
  void Pass(ByteWindow& window) { Fetch(window); }

  // The header row and how lines end, as a JSON object.
  std::string Envelope() const;
  // Columns that are missing, and columns that the format does not know: with name, spreadsheet letter and count.
  Issues Notices() const;
  // As of RecordReader.
  std::string Where(const Record& record, std::string_view pointer) const;

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  struct Unknown {
    std::size_t place = 0;
    std::uint64_t count = 0;  // cells that hold something
  };
  using Cells = std::vector<std::string_view>;  // decoded, in the order of the header

  Result<void> ReadNames(const CsvRow& row);
  Result<void> PlaceColumns();
  RowEnd Fetch(ByteWindow& window);
  RowKey KeyOf(const CsvRow& row) const;
  std::optional<Error> Apart(const CsvRow& first);
  bool SameRecord(const CsvRow& first, const CsvRow& other) const;
  static Cells AsItCame(const CsvRow& row, json::Arena& arena);
  void KeepLines(const std::vector<Cells>& rows);
  struct Problem {
    std::string_view rule = "record-row";
    std::string_view text;
  };
  bool DecodeRow(const CsvRow& row, json::Arena& arena, Cells& cells, Problem& problem);
  std::string_view Unguarded(std::string_view cell) const;
  std::string_view CellOf(std::size_t column, const Cells& cells) const;
  json::Value ObjectOf(const std::vector<Cells>& rows, json::Arena& arena);
  Error ErrorAt(ErrorKind kind, std::string_view rule, std::uint64_t line, std::string text) const;
  Error NoHeader(RowEnd end) const;
  Error Unreadable() const;
  std::optional<Error> Gather(ByteWindow& window, json::Arena& arena, std::vector<Cells>& rows,
                              std::vector<std::uint64_t>& lines);
  std::size_t PlaceOf(std::string_view member) const;
  std::string InItsPlace(const CsvColumn& column) const;
  std::string MemberOf(std::size_t place) const;
  std::string LikeKnown(std::string_view name) const;
  std::optional<Error> Differing(const std::vector<Cells>& rows, std::uint64_t line) const;

  const CsvFormat& format_;
  const Limits& limits_;
  CsvScanner scanner_;
  std::vector<std::string> header_;  // decoded
  std::vector<std::size_t> places_;  // of the format's columns in the file; kNone: missing
  std::vector<Unknown> unknown_;
  bool hides_names_ = false;  // of `unknown_`: they may be values
  bool carriage_return_ = false;
  bool byte_order_mark_ = false;
  CsvRow row_;  // fetched and not yet taken
  RowEnd fetched_ = RowEnd::kEnd;
  CsvRow first_;       // of the record that is being read
  std::string bytes_;  // of the record that was given last
  std::string scratch_;
  std::uint64_t count_ = 0;
  KeySet seen_;  // keys of the records that were given, where rows are not gathered
  Turn turn_;
  std::uint64_t gathered_ = 0;  // records
  std::optional<Error> lost_;   // the order of rows broke off
};

}  // namespace throughline::formats
