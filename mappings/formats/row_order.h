// The order in which the rows of a CSV file are read so that those of one record stand together.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <vector>

#include "fhir/base/result.h"
#include "mappings/formats/record_format.h"

namespace throughline::formats {

// Rows that follow each other in the file.
struct RowRun {
  std::uint64_t offset = 0;  // of its first byte
  std::uint64_t end = 0;     // behind its last one
  std::uint64_t line = 0;    // on which it begins, counted from 1
};

// What rows of one record have in common: 128 bits of their key's cells.
using RowKey = std::array<std::uint64_t, 2>;

// Keys that were seen, 64 bits of each. Private to the room.
class KeySet {
 public:
  // False: it was there already.
  bool Add(std::uint64_t key);
  std::size_t size() const { return size_; }

 private:
  bool Put(std::uint64_t key);

  std::vector<std::uint64_t> slots_;  // 0: free
  std::size_t size_ = 0;
};

// Runs sorted by key and place; what does not fit into memory lies in a temporary file without a name. Private to the
// room.
class RunSort {
 public:
  struct Row {
    RowKey key{};
    RowRun run;
  };
  static constexpr std::size_t kInMemory = 200'000;

  explicit RunSort(std::size_t in_memory = kInMemory) : in_memory_(in_memory) {}

  // kUnavailable, here and below: the temporary file.
  Result<void> Add(const Row& row);
  // Once all are added; again to begin from the first.
  Result<void> Start();
  Result<std::optional<Row>> Next();

 private:
  struct Piece {  // of the file, sorted
    std::uint64_t at = 0;
    std::uint64_t end = 0;
    std::vector<Row> ahead;
    std::size_t next = 0;
  };
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  Result<void> Spill();
  Result<bool> Fill(Piece& piece);

  std::size_t in_memory_;
  std::vector<Row> rows_;
  std::size_t next_ = 0;
  std::unique_ptr<std::FILE, Closer> file_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> spilled_;
  std::vector<Piece> pieces_;
};

// The runs of a file whose rows do not stand together, in the order of the first row of each record. Memory does not
// grow with the file.
class RowOrder {
 public:
  // Looks through the file once. Nothing: rows of one record stand together, or a row is a record.
  // Errors as those of RecordReader::Begin(), and kUnavailable: a temporary file cannot be written.
  static Result<std::optional<RowOrder>> Find(const RecordFormat& format, const PlacedSource& source,
                                              const Limits& limits, std::size_t in_memory = RunSort::kInMemory);

  Result<std::optional<RowRun>> Next();
  std::uint64_t records() const { return records_; }  // whose rows are gathered
  std::uint64_t rows_begin() const { return begin_; }

 private:
  RunSort sort_;
  std::uint64_t records_ = 0;
  std::uint64_t begin_ = 0;
};

}  // namespace throughline::formats
