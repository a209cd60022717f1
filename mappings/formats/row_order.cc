#include "mappings/formats/row_order.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "mappings/formats/csv_reader.h"

namespace throughline::formats {
namespace {

constexpr std::size_t kAhead = 1024;  // rows of a piece that are read at a time

bool Before(const RunSort::Row& a, const RunSort::Row& b) {
  return std::tie(a.key, a.run.offset) < std::tie(b.key, b.run.offset);
}

Error NoFile() {
  return MakeError(ErrorKind::kUnavailable, "record-rows", "a temporary file for the order of rows cannot be used");
}

// One pass over the file: where its rows are and to which record each belongs.
Result<std::uint64_t> Scan(const RecordFormat& format, const PlacedSource& source, const Limits& limits,
                           RunSort& sort) {
  std::uint64_t position = 0;
  ByteWindow window([&](std::span<char> room) -> Result<std::size_t> {
    auto count = source(position, room);
    if (count) position += *count;
    return count;
  });
  CsvReader reader(format.csv, limits);
  if (auto begun = reader.Begin(window); !begun) return std::move(begun).error();
  const auto first = reader.Place();
  std::optional<RunSort::Row> open;
  for (auto at = first; at; at = reader.Place()) {
    if (!open || open->key != at->key) {
      if (open) {
        open->run.end = at->run.offset;
        if (auto added = sort.Add(*open); !added) return std::move(added).error();
      }
      open = at;
    }
    reader.Pass(window);
  }
  if (window.failed()) return window.failure();
  if (!open) return 0;
  open->run.end = window.offset();
  if (auto added = sort.Add(*open); !added) return std::move(added).error();
  return first->run.offset;
}

// Calls `each` with every row of `sort` and the place of the first row of its key.
template <typename Each>
Result<void> ForEachRow(RunSort& sort, const Each& each) {
  if (auto started = sort.Start(); !started) return started;
  std::optional<RunSort::Row> first;
  for (;;) {
    auto row = sort.Next();
    if (!row) return std::move(row).error();
    if (!*row) return {};
    const bool again = first && first->key == (*row)->key;
    if (!again) first = **row;
    if (auto done = each(**row, *first, again); !done) return done;
  }
}

}  // namespace

bool KeySet::Put(std::uint64_t key) {
  std::size_t at = key & (slots_.size() - 1);
  while (slots_[at] != 0 && slots_[at] != key) at = (at + 1) & (slots_.size() - 1);
  const bool fresh = slots_[at] == 0;
  slots_[at] = key;
  return fresh;
}

bool KeySet::Add(std::uint64_t key) {
  if (size_ * 2 >= slots_.size()) {
    std::vector<std::uint64_t> before(std::max<std::size_t>(slots_.size() * 2, 1024));
    std::swap(before, slots_);
    for (const std::uint64_t known : before) {
      if (known != 0) Put(known);
    }
  }
  const bool fresh = Put(key == 0 ? 1 : key);
  size_ += fresh ? 1 : 0;
  return fresh;
}

Result<void> RunSort::Add(const Row& row) {
  rows_.push_back(row);
  return rows_.size() < in_memory_ ? Result<void>() : Spill();
}

Result<void> RunSort::Spill() {
  if (!file_) file_.reset(std::tmpfile());
  if (!file_) return NoFile();
  std::ranges::sort(rows_, Before);
  const std::uint64_t at = spilled_.empty() ? 0 : spilled_.back().second;
  if (std::fwrite(rows_.data(), sizeof(Row), rows_.size(), file_.get()) != rows_.size()) return NoFile();
  spilled_.emplace_back(at, at + rows_.size());
  rows_.clear();
  return {};
}

Result<void> RunSort::Start() {
  next_ = 0;
  pieces_.clear();
  if (!file_) {
    std::ranges::sort(rows_, Before);
    return {};
  }
  if (!rows_.empty()) {
    if (auto spilled = Spill(); !spilled) return spilled;
  }
  for (const auto& [at, end] : spilled_) {
    pieces_.push_back({at, end, {}, 0});
    auto filled = Fill(pieces_.back());
    if (!filled) return std::move(filled).error();
  }
  std::ranges::make_heap(pieces_,
                         [](const Piece& a, const Piece& b) { return Before(b.ahead[b.next], a.ahead[a.next]); });
  return {};
}

// False: nothing is left of the piece.
Result<bool> RunSort::Fill(Piece& piece) {
  const std::size_t count = std::min<std::uint64_t>(kAhead, piece.end - piece.at);
  piece.ahead.resize(count);
  piece.next = 0;
  if (count == 0) return false;
  if (fseeko(file_.get(), static_cast<off_t>(piece.at * sizeof(Row)), SEEK_SET) != 0) return NoFile();
  if (std::fread(piece.ahead.data(), sizeof(Row), count, file_.get()) != count) return NoFile();
  piece.at += count;
  return true;
}

Result<std::optional<RunSort::Row>> RunSort::Next() {
  if (!file_) {
    if (next_ == rows_.size()) return std::optional<Row>{};
    return std::optional(rows_[next_++]);
  }
  if (pieces_.empty()) return std::optional<Row>{};
  const auto later = [](const Piece& a, const Piece& b) { return Before(b.ahead[b.next], a.ahead[a.next]); };
  std::ranges::pop_heap(pieces_, later);
  Piece& piece = pieces_.back();
  const std::optional<Row> row = piece.ahead[piece.next++];
  bool more = piece.next < piece.ahead.size();
  if (!more) {
    auto filled = Fill(piece);
    if (!filled) return std::move(filled).error();
    more = *filled;
  }
  if (more) {
    std::ranges::push_heap(pieces_, later);
  } else {
    pieces_.pop_back();
  }
  return row;
}

Result<std::optional<RowOrder>> RowOrder::Find(const RecordFormat& format, const PlacedSource& source,
                                               const Limits& limits, std::size_t in_memory) {
  if (format.syntax != Syntax::kCsv || format.csv.rows.empty()) return std::optional<RowOrder>{};
  RunSort by_key(in_memory);
  auto begin = Scan(format, source, limits, by_key);
  if (!begin) return std::move(begin).error();
  RowOrder order;
  order.begin_ = *begin;
  order.sort_ = RunSort(in_memory);
  std::uint64_t last = 0;
  auto counted = ForEachRow(by_key, [&](const RunSort::Row&, const RunSort::Row& first, bool again) -> Result<void> {
    order.records_ += again && last != first.run.offset + 1 ? 1u : 0u;
    if (again) last = first.run.offset + 1;
    return {};
  });
  if (!counted) return std::move(counted).error();
  if (order.records_ == 0) return std::optional<RowOrder>{};
  auto placed = ForEachRow(by_key, [&](const RunSort::Row& row, const RunSort::Row& first, bool) {
    return order.sort_.Add({{first.run.offset, 0}, row.run});
  });
  if (!placed) return std::move(placed).error();
  if (auto started = order.sort_.Start(); !started) return std::move(started).error();
  return std::optional<RowOrder>(std::move(order));
}

Result<std::optional<RowRun>> RowOrder::Next() {
  auto row = sort_.Next();
  if (!row) return std::move(row).error();
  return *row ? std::optional<RowRun>((*row)->run) : std::nullopt;
}

}  // namespace throughline::formats
