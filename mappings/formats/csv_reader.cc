#include "mappings/formats/csv_reader.h"

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <utility>

#include "fhir/json/build.h"
#include "fhir/json/write.h"
#include "mappings/formats/spreadsheet.h"

namespace throughline::formats {
namespace {

constexpr std::size_t kMaxColumns = 10'000;
constexpr std::size_t kMoreCells = 16;            // than the header has, of a row that is still kept
constexpr std::size_t kMaxRowsTogether = 10'000;  // in one record

bool HasControl(std::string_view text) {
  return std::ranges::any_of(text, [](char byte) { return static_cast<unsigned char>(byte) < 0x20; });
}

// What no JSON or FHIR text may hold.
bool IsBinary(std::string_view text) {
  return std::ranges::any_of(text, [](char byte) {
    return static_cast<unsigned char>(byte) < 0x20 && byte != '\t' && byte != '\n' && byte != '\r';
  });
}

bool HasBareCarriageReturn(std::string_view text) {
  for (std::size_t i = text.find('\r'); i != std::string_view::npos; i = text.find('\r', i + 1)) {
    if (i + 1 == text.size() || text[i + 1] != '\n') return true;
  }
  return false;
}

// Digits and what stands between them: a number, a date, a time. Few names of columns are so, and many cells.
bool IsLikeValue(std::string_view name) {
  const auto digit = [](char byte) { return byte >= '0' && byte <= '9'; };
  return std::ranges::any_of(name, digit) && std::ranges::all_of(name, [&](char byte) {
           return digit(byte) || std::string_view(" .,:/-+TZ").find(byte) != std::string_view::npos;
         });
}

// A name without blanks, in small letters.
std::string Plain(std::string_view name) {
  std::string plain;
  for (const char byte : name) {
    if (byte == ' ' || byte == '\t') continue;
    plain.push_back(byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte);
  }
  return plain;
}

// A part of a JSON pointer, RFC 6901 section 4.
std::string Unescaped(std::string_view part) {
  std::string name;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const bool escaped = part[i] == '~' && i + 1 < part.size();
    name.push_back(escaped ? (part[i + 1] == '1' ? '/' : '~') : part[i]);
    i += escaped ? 1 : 0;
  }
  return name;
}

constexpr std::string_view kUtf16 = "the file is UTF-16: save it as UTF-8, or in the encoding that the map names";

}  // namespace

Error CsvReader::ErrorAt(ErrorKind kind, std::string_view rule, std::uint64_t line, std::string text) const {
  Error error = MakeError(kind, std::string(rule), std::move(text));
  if (!error.issues.empty()) error.issues.front().location = "line " + std::to_string(line);
  return error;
}

RowEnd CsvReader::Fetch(ByteWindow& window) {
  const std::size_t cells = header_.empty() ? kMaxColumns : header_.size() + kMoreCells;
  for (;;) {
    fetched_ = scanner_.Read(window, limits_.record_bytes, cells, row_);
    if (fetched_ == RowEnd::kRow && row_.blank()) continue;
    if (fetched_ != RowEnd::kEnd || !turn_ || header_.empty() || window.failed()) return fetched_;
    auto run = turn_(window);
    if (!run) {
      lost_ = std::move(run).error();
      return fetched_;
    }
    if (!*run) return fetched_;
    scanner_.GoOnAt((*run)->line);
  }
}

void CsvReader::Follow(Turn turn, std::uint64_t records) {
  turn_ = std::move(turn);
  gathered_ = records;
}

// FNV-1a, twice: cells end with a byte that no text has.
RowKey CsvReader::KeyOf(const CsvRow& row) const {
  RowKey key = {14695981039346656037ULL, 0x9E3779B97F4A7C15ULL};
  const auto mix = [&key](unsigned char byte) {
    key[0] = (key[0] ^ byte) * 1099511628211ULL;
    key[1] = (key[1] ^ byte) * 0x100000001B3ULL;
    key[1] ^= key[1] >> 29;
  };
  for (std::size_t i = 0; i < format_.columns.size(); ++i) {
    if (!format_.columns[i].key) continue;
    for (const char byte : row.cell(places_[i])) mix(static_cast<unsigned char>(byte));
    mix(0xFF);
  }
  return key;
}

std::optional<RunSort::Row> CsvReader::Place() const {
  if (fetched_ == RowEnd::kEnd) return std::nullopt;
  RunSort::Row place;
  place.run = {row_.offset, 0, row_.line};
  const bool sound = fetched_ == RowEnd::kRow && row_.size() == header_.size();
  place.key = sound ? KeyOf(row_) : RowKey{row_.offset, 0};
  return place;
}

// Rows further down with the key of a record that was given would take its place: they are kept out.
std::optional<Error> CsvReader::Apart(const CsvRow& first) {
  if (format_.rows.empty() || turn_ || !limits_.watched_keys || first.size() != header_.size()) return std::nullopt;
  if (seen_.size() >= *limits_.watched_keys) {
    return ErrorAt(ErrorKind::kInvalid, "record-rows-watched", first.line,
                   "a file whose rows are gathered has at most " + std::to_string(*limits_.watched_keys) +
                       " records: send the others in a file of their own");
  }
  if (seen_.Add(KeyOf(first)[0])) return std::nullopt;
  return ErrorAt(ErrorKind::kInvalid, "record-rows-apart", first.line,
                 "other rows of this record stand further up in the file, with different ones between; they must stand "
                 "together");
}

Error CsvReader::NoHeader(RowEnd end) const {
  std::string text = "the first line, which names the columns, is longer than " + std::to_string(limits_.record_bytes) +
                     " bytes or has more than " + std::to_string(kMaxColumns) + " columns";
  if (end == RowEnd::kEnd) text = "the file is empty: its first line names the columns";
  if (end == RowEnd::kUnclosed) text = "a quote is opened in the first line, which names the columns, and never closed";
  return ErrorAt(ErrorKind::kInvalid, "record-header", 1, std::move(text));
}

Result<void> CsvReader::Begin(ByteWindow& window) {
  if (window.AtUtf16Mark()) {
    return ErrorAt(ErrorKind::kInvalid, "record-encoding", 1, std::string(kUtf16));
  }
  byte_order_mark_ = format_.encoding == Encoding::kUtf8 && window.Peek() == 0xEF;
  if (byte_order_mark_ && !window.SkipByteOrderMark()) {
    return ErrorAt(ErrorKind::kInvalid, "record-encoding", 1, "this is not UTF-8");
  }
  const RowEnd end = Fetch(window);
  if (window.failed()) return window.failure();
  if (end != RowEnd::kRow) return NoHeader(end);
  if (auto read = ReadNames(row_); !read) return read;
  carriage_return_ = row_.carriage_return;
  if (auto placed = PlaceColumns(); !placed) return placed;
  Fetch(window);
  return {};
}

Result<void> CsvReader::ReadNames(const CsvRow& row) {
  std::unordered_set<std::string> seen;
  if (format_.encoding != Encoding::kUtf8 && row.text.starts_with("\xEF\xBB\xBF")) {
    return ErrorAt(ErrorKind::kInvalid, "record-encoding", 1,
                   "the file begins as UTF-8 does, and the map says " + std::string(CodeOf(format_.encoding)));
  }
  for (std::size_t i = 0; i < row.size(); ++i) {
    std::string name;
    if (!Decode(format_.encoding, row.cell(i), name)) {
      return ErrorAt(ErrorKind::kInvalid, "record-encoding", 1,
                     "the names of the columns are not " + std::string(CodeOf(format_.encoding)));
    }
    if (IsBinary(name)) {
      const bool wide = name.find('\0') != std::string::npos;
      return ErrorAt(ErrorKind::kInvalid, "record-header", 1,
                     wide ? std::string(kUtf16) : "the names of the columns hold control characters");
    }
    if (HasBareCarriageReturn(name)) {
      return ErrorAt(ErrorKind::kInvalid, "record-header", 1,
                     "a carriage return stands within the first line, which names the columns: does each line end with "
                     "one alone? Save the file with LF or CR LF at the ends of its lines");
    }
    if (!name.empty() && !seen.insert(name).second) {
      return ErrorAt(ErrorKind::kInvalid, "record-header", 1,
                     "column " + ColumnLetter(i) + " has the name of one before it");
    }
    header_.push_back(std::move(name));
  }
  return {};
}

// What the first line has that may be meant for a column that it lacks.
std::string CsvReader::InItsPlace(const CsvColumn& column) const {
  if (header_.size() == 1 && format_.columns.size() > 1)
    return "; it is one cell: is '" + std::string(1, format_.delimiter) + "' what stands between cells?";
  for (const std::string& name : header_) {
    if (Plain(name) == Plain(column.headers.front())) return "; is it '" + name + "'?";
  }
  return "";
}

Result<void> CsvReader::PlaceColumns() {
  std::vector<bool> known(header_.size());
  for (const CsvColumn& column : format_.columns) {
    places_.push_back(kNone);
    for (std::size_t i = 0; i < header_.size(); ++i) {
      if (std::ranges::find(column.headers, header_[i]) == column.headers.end()) continue;
      if (places_.back() != kNone) {
        return ErrorAt(
            ErrorKind::kInvalid, "record-header", 1,
            "the columns " + ColumnLetter(places_.back()) + " and " + ColumnLetter(i) + " are one to the map");
      }
      places_.back() = i;
      known[i] = true;
    }
    if (column.key && places_.back() == kNone) {
      return ErrorAt(ErrorKind::kInvalid, "record-header", 1,
                     "the first line has no column '" + column.headers.front() +
                         "', which is part of the record's key" + InItsPlace(column));
    }
  }
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (known[i]) continue;
    unknown_.push_back({i, 0});
    hides_names_ = hides_names_ || (!format_.columns.empty() && IsLikeValue(header_[i]));
  }
  return {};
}

// The name of a column that the format does not know.
std::string CsvReader::MemberOf(std::size_t place) const {
  return hides_names_ || header_[place].empty() ? "column " + ColumnLetter(place) : header_[place];
}

bool CsvReader::SameRecord(const CsvRow& first, const CsvRow& other) const {
  if (format_.rows.empty() || first.size() != header_.size() || other.size() != header_.size()) return false;
  for (std::size_t i = 0; i < format_.columns.size(); ++i) {
    if (format_.columns[i].key && first.cell(places_[i]) != other.cell(places_[i])) return false;
  }
  return true;
}

std::string_view CsvReader::Unguarded(std::string_view cell) const {
  if (!format_.guarded || !cell.starts_with('\'')) return cell;
  const std::size_t text = cell.find_first_not_of('\'');
  return text != std::string_view::npos && IsFormula(cell.substr(text)) ? cell.substr(1) : cell;
}

bool CsvReader::DecodeRow(const CsvRow& row, json::Arena& arena, Cells& cells, Problem& problem) {
  if (row.size() != header_.size()) {
    problem.text = row.size() < header_.size() ? "the row has fewer cells than the header"
                   : HasBareCarriageReturn(row.text)
                       ? "the row has more cells than the header, and a carriage return stands "
                         "within it: lines end with LF or CR LF"
                       : "the row has more cells than the header";
    return false;
  }
  for (std::size_t i = 0; i < row.size(); ++i) {
    scratch_.clear();
    if (!Decode(format_.encoding, row.cell(i), scratch_)) {
      problem = {"record-encoding", "the row is not in the file's encoding"};
      return false;
    }
    if (IsBinary(scratch_)) {
      problem.text = "the row holds a control character";
      return false;
    }
    cells.push_back(arena.Copy(Unguarded(scratch_)));
  }
  for (Unknown& unknown : unknown_) unknown.count += cells[unknown.place].empty() ? 0u : 1u;
  return true;
}

std::string_view CsvReader::CellOf(std::size_t column, const Cells& cells) const {
  return places_[column] == kNone ? std::string_view() : cells[places_[column]];
}

// What stands once in a record must be the same in all its rows.
std::optional<Error> CsvReader::Differing(const std::vector<Cells>& rows, std::uint64_t line) const {
  for (std::size_t i = 0; i < format_.columns.size(); ++i) {
    const CsvColumn& column = format_.columns[i];
    const bool same = column.in_rows || std::ranges::all_of(rows, [&](const Cells& cells) {
                        return CellOf(i, cells) == CellOf(i, rows.front());
                      });
    if (same) continue;
    return ErrorAt(
        ErrorKind::kInvalid, "record-rows", line,
        "the rows of this record differ in the column '" + header_[places_[i]] + "', which stands once in a record");
  }
  return std::nullopt;
}

json::Value CsvReader::ObjectOf(const std::vector<Cells>& rows, json::Arena& arena) {
  json::ObjectBuilder record(arena);
  for (std::size_t i = 0; i < format_.columns.size(); ++i) {
    if (!format_.columns[i].in_rows && places_[i] != kNone)
      record.Add(format_.columns[i].name, json::Value::String(CellOf(i, rows.front())));
  }
  if (!format_.rows.empty()) {
    json::ArrayBuilder list(arena);
    for (const Cells& cells : rows) {
      json::ObjectBuilder row(arena);
      for (std::size_t i = 0; i < format_.columns.size(); ++i) {
        if (format_.columns[i].in_rows && places_[i] != kNone)
          row.Add(format_.columns[i].name, json::Value::String(CellOf(i, cells)));
      }
      list.Add(row.Build());
    }
    record.Add(format_.rows, list.Build());
  }
  for (const Unknown& unknown : unknown_) {
    const auto held = std::ranges::find_if(rows, [&](const Cells& cells) { return !cells[unknown.place].empty(); });
    if (held == rows.end()) continue;
    record.Add(arena.Copy(MemberOf(unknown.place)), json::Value::String((*held)[unknown.place]));
  }
  return record.Build();
}

Error CsvReader::Unreadable() const {
  if (fetched_ == RowEnd::kUnclosed)
    return ErrorAt(ErrorKind::kInvalid, "record-quote", row_.line, "a quote is opened in this row and never closed");
  return ErrorAt(ErrorKind::kTooLong, "record-too-long", row_.line,
                 "the row is longer than " + std::to_string(limits_.record_bytes) +
                     " bytes, or has many more cells than the header");
}

CsvReader::Cells CsvReader::AsItCame(const CsvRow& row, json::Arena& arena) {
  Cells cells;
  for (std::size_t i = 0; i < row.size(); ++i) cells.push_back(arena.Copy(row.cell(i)));
  return cells;
}

// Rows that are no record, as lines of a CSV file.
void CsvReader::KeepLines(const std::vector<Cells>& rows) {
  const char special[] = {format_.delimiter, format_.quote, '\r', '\n'};
  for (const Cells& cells : rows) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) bytes_ += format_.delimiter;
      const bool quoted = format_.quote != 0 && cells[i].find_first_of({special, sizeof special}) != std::string::npos;
      if (!quoted) {
        bytes_ += cells[i];
        continue;
      }
      bytes_ += format_.quote;
      for (const char byte : cells[i]) bytes_.append(byte == format_.quote ? 2 : 1, byte);
      bytes_ += format_.quote;
    }
    bytes_ += '\n';
  }
}

// The rows that stand together from the fetched one on; an error for a record that cannot be read.
std::optional<Error> CsvReader::Gather(ByteWindow& window, json::Arena& arena, std::vector<Cells>& rows,
                                       std::vector<std::uint64_t>& lines) {
  std::swap(first_, row_);
  Problem problem;
  std::size_t bytes = first_.text.size();
  rows.emplace_back();
  std::uint64_t wrong = 0;
  const auto take = [&](const CsvRow& row) {
    lines.push_back(row.line);
    if (wrong == 0 && DecodeRow(row, arena, rows.back(), problem)) return;
    if (wrong == 0) wrong = row.line;
    rows.back() = AsItCame(row, arena);
  };
  take(first_);
  bool too_long = false;
  while (Fetch(window) == RowEnd::kRow && SameRecord(first_, row_)) {
    bytes += row_.text.size();
    too_long = too_long || bytes > limits_.record_bytes || rows.size() >= kMaxRowsTogether;
    if (too_long) continue;
    rows.emplace_back();
    take(row_);
  }
  if (too_long)
    return ErrorAt(ErrorKind::kTooLong, "record-too-long", first_.line, "the rows of this record are too many");
  if (wrong != 0) return ErrorAt(ErrorKind::kInvalid, problem.rule, wrong, std::string(problem.text));
  if (auto apart = Apart(first_)) return apart;
  return Differing(rows, first_.line);
}

Result<std::optional<Record>> CsvReader::Next(ByteWindow& window, json::Arena& arena) {
  if (window.failed()) return window.failure();
  if (lost_) return *lost_;
  if (fetched_ == RowEnd::kEnd) return std::optional<Record>{};
  std::optional<Record> record(std::in_place);
  record->index = count_++;
  record->start = {row_.line, 1};
  if (fetched_ != RowEnd::kRow) {
    record->error = Unreadable();
    bytes_.clear();
    if (fetched_ == RowEnd::kUnclosed) KeepLines({AsItCame(row_, arena)});
    record->bytes = bytes_;
    Fetch(window);
    return record;
  }
  std::vector<Cells> rows;
  std::vector<std::uint64_t> lines;
  record->error = Gather(window, arena, rows, lines);
  bytes_.clear();
  if (!record->error) {
    std::uint64_t* const kept = arena.Array<std::uint64_t>(lines.size());
    std::ranges::copy(lines, kept);
    record->row_lines = {kept, lines.size()};
    record->value = ObjectOf(rows, arena);
    json::Write(record->value, bytes_);
  } else if (record->error->kind != ErrorKind::kTooLong) {
    KeepLines(rows);
  }
  record->bytes = bytes_;
  return record;
}

std::string CsvReader::Envelope() const {
  std::string out = "{\"header\":[";
  for (const std::string& name : header_) {
    if (!out.ends_with('[')) out.push_back(',');
    json::WriteString(name, out);
  }
  out.append("],\"carriageReturn\":").append(carriage_return_ ? "true" : "false");
  return out.append(",\"byteOrderMark\":").append(byte_order_mark_ ? "true}" : "false}");
}

// The column of the file that is this member of a record; kNone: none of them.
std::size_t CsvReader::PlaceOf(std::string_view member) const {
  const auto column = std::ranges::find(format_.columns, member, &CsvColumn::name);
  if (column != format_.columns.end()) return places_[static_cast<std::size_t>(column - format_.columns.begin())];
  const auto unknown =
      std::ranges::find_if(unknown_, [&](const Unknown& one) { return MemberOf(one.place) == member; });
  return unknown == unknown_.end() ? kNone : unknown->place;
}

std::string CsvReader::Where(const Record& record, std::string_view pointer) const {
  if (record.error || record.row_lines.empty()) return "";
  std::vector<std::string> parts;
  while (pointer.starts_with('/')) {
    const std::size_t end = pointer.find('/', 1);
    parts.push_back(Unescaped(pointer.substr(1, end == std::string_view::npos ? end : end - 1)));
    pointer = end == std::string_view::npos ? std::string_view() : pointer.substr(end);
  }
  std::uint64_t line = record.row_lines.front();
  if (parts.size() > 1 && parts.front() == format_.rows) {
    std::size_t row = 0;
    const std::string& text = parts[1];
    const auto [last, code] = std::from_chars(text.data(), text.data() + text.size(), row);
    if (code == std::errc{} && row < record.row_lines.size()) line = record.row_lines[row];
    parts.erase(parts.begin(), parts.begin() + 2);
  }
  const std::size_t place = parts.empty() ? kNone : PlaceOf(parts.front());
  return "line " + std::to_string(line) + (place == kNone ? "" : ", column " + ColumnLetter(place));
}

// "; is it 'PC'?" for a name that differs from a column's by letter case and blanks alone.
std::string CsvReader::LikeKnown(std::string_view name) const {
  for (const CsvColumn& column : format_.columns) {
    for (const std::string& known : column.headers) {
      if (known != name && Plain(known) == Plain(name)) return "; is it '" + known + "'?";
    }
  }
  return "";
}

Issues CsvReader::Notices() const {
  Issues notices;
  const auto note = [&](std::string_view rule, std::string text) {
    Issue issue;
    issue.severity = Severity::kWarning;
    issue.type = IssueType::kStructure;
    issue.rule = rule;
    issue.text = std::move(text);
    notices.push_back(std::move(issue));
  };
  if (gathered_ > 0) {
    note("record-rows-gathered",
         "the rows of " + std::to_string(gathered_) + " records do not stand together in the file; they were gathered");
  }
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i] == kNone)
      note("record-column-missing", "the file has no column '" + format_.columns[i].headers.front() + "'");
  }
  for (const Unknown& unknown : unknown_) {
    const std::string& name = header_[unknown.place];
    std::string text = "column " + ColumnLetter(unknown.place) + (hides_names_ ? "" : " '" + name + "'") +
                       " is not known to the map; " + std::to_string(unknown.count) + " of its cells hold something";
    text += hides_names_ ? "; its name is not shown: is the first line a row, and no names?" : LikeKnown(name);
    if (HasControl(name)) text += "; a control character in the name may have glued two names";
    note("record-column-unknown", std::move(text));
  }
  return notices;
}

}  // namespace throughline::formats
