#include "mappings/formats/record_reader.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "mappings/formats/byte_window.h"
#include "mappings/formats/csv_reader.h"
#include "mappings/formats/row_order.h"
#include "mappings/formats/value_scanner.h"

namespace throughline::formats {
namespace {

std::string InWords(json::Position place) {
  return "line " + std::to_string(place.line) + ", column " + std::to_string(place.column);
}

Error ErrorAt(ErrorKind kind, std::string_view rule, json::Position place, std::string text) {
  Error error = MakeError(kind, std::string(rule), std::move(text));
  if (!error.issues.empty()) error.issues.front().location = InWords(place);
  return error;
}

// json::Parse counts the bytes of `piece`; people look for the place in the file, where the piece starts at `start`.
void PlaceInFile(Error& error, std::string_view piece, json::Position start) {
  for (Issue& issue : error.issues) {
    const auto offset = json::OffsetOf(issue.location);
    if (offset) issue.location = InWords(json::Behind(start, piece.substr(0, *offset)));
  }
}

std::vector<std::string> Segments(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    segments.emplace_back(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  }
  return segments;
}

}  // namespace

class RecordReader::State {
 public:
  State(RecordFormat format, ByteSource source, Limits limits)
      : format_(std::move(format)),
        limits_(limits),
        window_(std::move(source)),
        scanner_(limits.record_bytes),  // a record that is too deep alone is found by who parses it
        segments_(Segments(format_.records)) {
    if (!segments_.empty() && segments_.back() == "*") segments_.pop_back();
    if (format_.syntax == Syntax::kCsv) csv_.emplace(format_.csv, limits_);
  }

  // Reads the bytes up to `end_` at `position_`; behind them, what `order` says.
  State(RecordFormat format, PlacedSource source, RowOrder order, Limits limits)
      : State(
            std::move(format),
            [this, source = std::move(source)](std::span<char> room) -> Result<std::size_t> {
              auto count = source(position_, room.first(std::min<std::uint64_t>(room.size(), end_ - position_)));
              if (count) position_ += *count;
              return count;
            },
            limits) {
    end_ = order.rows_begin();
    const std::uint64_t records = order.records();
    order_ = std::make_unique<RowOrder>(std::move(order));
    csv_->Follow(
        [this](ByteWindow& window) {
          auto run = order_->Next();
          if (!run || !*run) return run;
          position_ = (*run)->offset;
          end_ = (*run)->end;
          window.Restart(position_);
          return run;
        },
        records);
  }

  Result<void> Begin() {
    if (failure_) return *failure_;
    if (!csv_ || phase_ != Phase::kStart) return {};
    phase_ = Phase::kRecords;
    if (auto begun = csv_->Begin(window_); !begun) {
      failure_ = window_.failed() ? window_.failure() : begun.error();
      return *failure_;
    }
    canonical_envelope_ = csv_->Envelope();
    return {};
  }

  Issues Notices() const { return csv_ ? csv_->Notices() : Issues(); }

  std::string Where(const Record& record, std::string_view pointer) const {
    if (csv_) return csv_->Where(record, pointer);
    if (record.error) return "";
    const json::Position place = record.bytes.empty() ? json::Position() : json::Locate(record.bytes, pointer);
    return InWords(
        {record.start.line + place.line - 1, place.line > 1 ? place.column : record.start.column + place.column - 1});
  }

  Result<std::optional<Record>> Next(json::Arena& arena) {
    if (failure_) return *failure_;
    if (phase_ == Phase::kEnded) return std::optional<Record>{};
    if (auto begun = Begin(); !begun) return std::move(begun).error();
    auto record = csv_                                ? csv_->Next(window_, arena)
                  : format_.syntax == Syntax::kNdjson ? NextLine(arena)
                                                      : NextItem(arena);
    if (!record) {
      failure_ = window_.failed() ? window_.failure() : record.error();
      return *failure_;
    }
    if (!record->has_value()) phase_ = Phase::kEnded;
    return record;
  }

  std::string_view envelope() const { return canonical_envelope_; }
  void LookAtEnvelopeOnly() { envelope_only_ = true; }

 private:
  enum class Phase : std::uint8_t { kStart, kFirstRecord, kRecords, kEnded };

  Result<std::optional<Record>> NextLine(json::Arena& arena);
  Result<std::optional<Record>> NextItem(json::Arena& arena);
  Result<std::optional<Record>> WholeFile(json::Arena& arena);
  Result<void> SkipMark();
  Result<void> OpenRecords();
  Result<void> FindMember(const std::string& name);
  Result<void> CloseRecords();
  Result<void> CloseLevel();
  Result<std::string> ReadName();
  Result<void> Around(ScanEnd end);
  Result<void> Expect(char wanted, std::string_view rule);
  Result<void> CheckEnvelope();
  void ReadLine();
  std::optional<Record> Make(json::Arena& arena, json::Position start, bool too_long);
  Error Broken(std::string_view rule, std::string text) {
    return ErrorAt(ErrorKind::kInvalid, rule, window_.Place(), std::move(text));
  }

  RecordFormat format_;
  Limits limits_;
  ByteWindow window_;
  ValueScanner scanner_;
  std::optional<CsvReader> csv_;
  std::vector<std::string> segments_;
  Phase phase_ = Phase::kStart;
  std::optional<Error> failure_;
  std::string bytes_;     // of the record that was given last
  std::string envelope_;  // as it came
  std::string canonical_envelope_;
  std::uint64_t count_ = 0;
  bool line_too_long_ = false;
  bool envelope_only_ = false;
  std::unique_ptr<RowOrder> order_;
  std::uint64_t position_ = 0;
  std::uint64_t end_ = 0;
};

std::optional<Record> RecordReader::State::Make(json::Arena& arena, json::Position start, bool too_long) {
  Record record;
  record.index = count_++;
  record.start = start;
  if (too_long) {
    record.error = ErrorAt(ErrorKind::kTooLong, "record-too-long", start,
                           "the record is longer than " + std::to_string(limits_.record_bytes) + " bytes");
    return record;
  }
  record.bytes = bytes_;
  if (envelope_only_) return record;
  json::Limits limits;
  limits.depth = limits_.depth;
  auto value = json::Parse(bytes_, arena, limits);
  if (value) {
    record.value = *value;
  } else {
    record.error = std::move(value).error();
    PlaceInFile(*record.error, bytes_, start);
  }
  return record;
}

Result<void> RecordReader::State::SkipMark() {
  if (window_.AtUtf16Mark()) return Broken("record-encoding", "the file is UTF-16: save it as UTF-8");
  if (!window_.SkipByteOrderMark()) return Broken("record-structure", "this is not UTF-8");
  return {};
}

void RecordReader::State::ReadLine() {
  bytes_.clear();
  line_too_long_ = false;
  for (std::string_view ahead = window_.Ahead(); !ahead.empty(); ahead = window_.Ahead()) {
    const std::size_t end = ahead.find('\n');
    const std::string_view piece = ahead.substr(0, end);
    line_too_long_ = line_too_long_ || bytes_.size() + piece.size() > limits_.record_bytes;
    if (!line_too_long_) bytes_.append(piece);
    window_.Skip(piece.size() + (end == std::string_view::npos ? 0 : 1));
    if (end != std::string_view::npos) break;
  }
}

Result<std::optional<Record>> RecordReader::State::NextLine(json::Arena& arena) {
  if (phase_ == Phase::kStart) {
    if (auto begun = SkipMark(); !begun) return std::move(begun).error();
  }
  phase_ = Phase::kRecords;
  while (window_.Peek() >= 0) {
    const json::Position start = window_.Place();
    ReadLine();
    if (window_.failed()) return window_.failure();
    if (!line_too_long_ && bytes_.find_first_not_of(" \t\r") == std::string::npos) continue;
    return Make(arena, start, line_too_long_);
  }
  if (window_.failed()) return window_.failure();
  return std::optional<Record>{};
}

Result<std::optional<Record>> RecordReader::State::WholeFile(json::Arena& arena) {
  if (auto begun = SkipMark(); !begun) return std::move(begun).error();
  window_.SkipWhiteSpace();
  const json::Position start = window_.Place();
  const ScanEnd end = scanner_.Scan(window_, limits_.record_bytes, bytes_);
  if (end != ScanEnd::kTooLong) {
    if (auto around = Around(end); !around) return std::move(around).error();
  }
  window_.SkipWhiteSpace();
  if (window_.Peek() >= 0) return Broken("record-trailing", "something stands behind the end of the file's one value");
  phase_ = Phase::kEnded;
  return Make(arena, start, end == ScanEnd::kTooLong);
}

Result<std::optional<Record>> RecordReader::State::NextItem(json::Arena& arena) {
  if (phase_ == Phase::kStart) {
    if (format_.records.empty()) return WholeFile(arena);
    if (auto opened = OpenRecords(); !opened) return std::move(opened).error();
    phase_ = Phase::kFirstRecord;
  }
  window_.SkipWhiteSpace();
  int next = window_.Peek();
  if (next == ']') {
    if (auto closed = CloseRecords(); !closed) return std::move(closed).error();
    return std::optional<Record>{};
  }
  if (phase_ == Phase::kRecords) {
    if (next != ',') return Broken("record-structure", "a comma or the end of the records is missing here");
    window_.Skip();
    window_.SkipWhiteSpace();
  }
  phase_ = Phase::kRecords;
  bytes_.clear();
  const json::Position start = window_.Place();
  const ScanEnd end = scanner_.Scan(window_, limits_.record_bytes, bytes_);
  if (end != ScanEnd::kTooLong) {
    if (auto around = Around(end); !around) return std::move(around).error();
  }
  return Make(arena, start, end == ScanEnd::kTooLong);
}

Result<void> RecordReader::State::Expect(char wanted, std::string_view rule) {
  window_.SkipWhiteSpace();
  if (window_.Peek() != static_cast<unsigned char>(wanted)) {
    return Broken(rule, std::string("'") + wanted + "' is missing here");
  }
  envelope_.push_back(wanted);
  window_.Skip();
  return {};
}

Result<void> RecordReader::State::Around(ScanEnd end) {
  switch (end) {
    case ScanEnd::kWhole:
      return {};
    case ScanEnd::kTooLong:
      return ErrorAt(ErrorKind::kTooLong, "record-envelope-too-long", window_.Place(),
                     "what stands around the records is longer than the limit");
    case ScanEnd::kTooDeep:
      return Broken("record-too-deep", "values are nested deeper than " + std::to_string(limits_.record_bytes));
    case ScanEnd::kBroken:
      return Broken("record-structure", "a JSON value is missing here, or its brackets do not match");
    case ScanEnd::kCut:
      break;
  }
  return Broken("record-cut", "the file ends inside a value");
}

Result<std::string> RecordReader::State::ReadName() {
  window_.SkipWhiteSpace();
  if (window_.Peek() != '"') return Broken("record-structure", "a member's name is missing here");
  const json::Position start = window_.Place();
  std::string name;
  if (auto around = Around(scanner_.Scan(window_, limits_.envelope_bytes, name)); !around) {
    return std::move(around).error();
  }
  envelope_.append(name);
  auto parsed = json::ParseDocument(name);
  if (!parsed) {
    PlaceInFile(parsed.error(), name, start);
    return std::move(parsed).error();
  }
  return std::string(parsed->root.text());
}

// Reads members of the object that is open until `name` stands there, with its colon behind it.
Result<void> RecordReader::State::FindMember(const std::string& wanted) {
  for (bool first = true;; first = false) {
    window_.SkipWhiteSpace();
    if (window_.Peek() == '}') {
      return Broken("record-path", "the file has no member '" + wanted + "' on the path to its records");
    }
    if (!first) {
      if (auto comma = Expect(',', "record-structure"); !comma) return comma;
    }
    auto name = ReadName();
    if (!name) return std::move(name).error();
    if (auto colon = Expect(':', "record-structure"); !colon) return colon;
    window_.SkipWhiteSpace();
    if (*name == wanted) return {};
    const std::size_t room = limits_.envelope_bytes - std::min(limits_.envelope_bytes, envelope_.size());
    if (auto around = Around(scanner_.Scan(window_, room, envelope_)); !around) return around;
  }
}

Result<void> RecordReader::State::OpenRecords() {
  if (auto begun = SkipMark(); !begun) return begun;
  for (const std::string& segment : segments_) {
    if (auto brace = Expect('{', "record-structure"); !brace) return brace;
    if (auto found = FindMember(segment); !found) return found;
  }
  if (auto bracket = Expect('[', "record-path"); !bracket) return bracket;
  return {};
}

Result<void> RecordReader::State::CloseLevel() {
  for (;;) {
    window_.SkipWhiteSpace();
    if (window_.Peek() == '}') return Expect('}', "record-structure");
    if (auto comma = Expect(',', "record-structure"); !comma) return comma;
    auto name = ReadName();
    if (!name) return std::move(name).error();
    if (auto colon = Expect(':', "record-structure"); !colon) return colon;
    window_.SkipWhiteSpace();
    const std::size_t room = limits_.envelope_bytes - std::min(limits_.envelope_bytes, envelope_.size());
    if (auto around = Around(scanner_.Scan(window_, room, envelope_)); !around) return around;
  }
}

Result<void> RecordReader::State::CloseRecords() {
  if (auto bracket = Expect(']', "record-structure"); !bracket) return bracket;
  for (std::size_t level = 0; level < segments_.size(); ++level) {
    if (auto closed = CloseLevel(); !closed) return closed;
  }
  window_.SkipWhiteSpace();
  if (window_.failed()) return window_.failure();
  if (window_.Peek() >= 0) return Broken("record-trailing", "something stands behind the end of the file's one value");
  return CheckEnvelope();
}

Result<void> RecordReader::State::CheckEnvelope() {
  auto parsed = json::ParseDocument(envelope_);
  if (!parsed) {
    Error error = std::move(parsed).error();
    for (Issue& issue : error.issues) {
      issue.location.clear();
      issue.text = "around the records: " + issue.text;
    }
    return error;
  }
  canonical_envelope_ = json::ToString(parsed->root);
  return {};
}

RecordReader::RecordReader(RecordFormat format, ByteSource source, Limits limits)
    : state_(std::make_unique<State>(std::move(format), std::move(source), limits)) {}
RecordReader::RecordReader(RecordFormat format, PlacedSource source, RowOrder order, Limits limits)
    : state_(std::make_unique<State>(std::move(format), std::move(source), std::move(order), limits)) {}
RecordReader::RecordReader(RecordReader&&) noexcept = default;
RecordReader& RecordReader::operator=(RecordReader&&) noexcept = default;
RecordReader::~RecordReader() = default;

Result<std::optional<Record>> RecordReader::Next(json::Arena& arena) { return state_->Next(arena); }

Result<void> RecordReader::Begin() { return state_->Begin(); }

Issues RecordReader::Notices() const { return state_->Notices(); }

std::string RecordReader::Where(const Record& record, std::string_view pointer) const {
  return state_->Where(record, pointer);
}

std::string_view RecordReader::envelope() const { return state_->envelope(); }

Result<RecordReader> GatheringReader(const RecordFormat& format, PlacedSource source, const Limits& limits) {
  auto order = RowOrder::Find(format, source, limits);
  if (!order) return std::move(order).error();
  if (*order) return RecordReader(format, std::move(source), **std::move(order), limits);
  Limits together = limits;
  together.watched_keys.reset();
  std::uint64_t position = 0;
  return RecordReader(
      format,
      [source = std::move(source), position](std::span<char> room) mutable -> Result<std::size_t> {
        auto count = source(position, room);
        if (count) position += *count;
        return count;
      },
      together);
}

Result<std::string> ReadEnvelope(const RecordFormat& format, ByteSource source, const Limits& limits) {
  RecordReader reader(format, std::move(source), limits);
  reader.state_->LookAtEnvelopeOnly();
  if (auto begun = reader.Begin(); !begun) return std::move(begun).error();
  if (format.syntax == Syntax::kCsv) return std::string(reader.envelope());
  json::Arena arena;
  for (;;) {
    auto record = reader.Next(arena);
    if (!record) return std::move(record).error();
    if (!record->has_value()) return std::string(reader.envelope());
  }
}

}  // namespace throughline::formats
