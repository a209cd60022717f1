#include "mappings/formats/record_writer.h"

#include <utility>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"

namespace throughline::formats {
namespace {

constexpr std::string_view kPlace = "[]";

// The smallest envelope for a path: {"a":{"b":[]}} for "a.b.*".
std::string SmallestEnvelope(std::string_view path) {
  std::string open;
  std::string close;
  while (!path.empty() && path != "*") {
    const std::size_t dot = path.find('.');
    open.push_back('{');
    json::WriteString(path.substr(0, dot), open);
    open.push_back(':');
    close.push_back('}');
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  }
  return open + std::string(kPlace) + close;
}

// Writes `value` as json::Write would, and says where in `out` the array at `path` begins; false when there is none.
class EnvelopePrinter {
 public:
  EnvelopePrinter(int indent, std::string& out) : indent_(indent), out_(out) {}

  bool Print(const json::Value& value, std::string_view path) {
    if (path == "*") {
      place_ = out_.size();
      out_.append(kPlace);
      return value.is_array() && value.size() == 0;
    }
    if (!value.is_object()) return false;
    const std::size_t dot = path.find('.');
    const std::string_view wanted = path.substr(0, dot);
    const std::string_view rest = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    bool found = false;
    out_.push_back('{');
    ++level_;
    bool first = true;
    for (const json::Member& member : value.members()) {
      if (!first) out_.push_back(',');
      first = false;
      NewLine();
      json::WriteString(member.name, out_);
      out_.append(indent_ < 0 ? ":" : ": ");
      if (member.name == wanted) {
        found = Print(member.value, rest);
      } else {
        Indented(member.value);
      }
    }
    --level_;
    NewLine();
    out_.push_back('}');
    return found;
  }

  // `value` at the depth that is reached: json::Write starts at depth 0, so line ends are shifted. No raw line end
  // stands inside a JSON string.
  void Indented(const json::Value& value) {
    const std::string text = json::ToString(value, json::Layout{indent_});
    for (const char byte : text) {
      if (byte == '\n') {
        NewLine();
      } else {
        out_.push_back(byte);
      }
    }
  }

  void NewLine() {
    if (indent_ < 0) return;
    out_.push_back('\n');
    out_.append(level_ * static_cast<std::size_t>(indent_), ' ');
  }

  void set_level(std::size_t level) { level_ = level; }
  std::size_t place() const { return place_; }

 private:
  int indent_;
  std::string& out_;
  std::size_t level_ = 0;
  std::size_t place_ = 0;
};

std::size_t DepthOf(std::string_view path) {
  std::size_t depth = 0;
  for (const char byte : path) depth += byte == '.' ? 1u : 0u;
  return depth + 1;
}

}  // namespace

RecordWriter::RecordWriter(RecordFormat format, std::string_view envelope, ByteSink sink)
    : format_(std::move(format)), envelope_(envelope), sink_(std::move(sink)) {
  if (format_.syntax == Syntax::kCsv) csv_.emplace(format_.csv);
}

Issues RecordWriter::Notices() const { return csv_ ? csv_->Notices() : Issues(); }

Result<void> RecordWriter::Emit() {
  auto done = sink_(buffer_);
  buffer_.clear();
  return done;
}

Result<void> RecordWriter::Begin() {
  if (csv_) {
    if (auto begun = csv_->Begin(envelope_, buffer_); !begun) return begun;
    return Emit();
  }
  if (format_.syntax == Syntax::kNdjson || format_.records.empty()) return {};
  if (envelope_.empty()) envelope_ = SmallestEnvelope(format_.records);
  auto parsed = json::ParseDocument(envelope_);
  if (!parsed) return std::move(parsed).error();
  std::string text;
  EnvelopePrinter printer(format_.indent, text);
  if (!printer.Print(parsed->root, format_.records)) {
    return MakeError(ErrorKind::kInvalid, "record-envelope",
                     "the envelope has no empty array where the records belong");
  }
  head_ = text.substr(0, printer.place() + 1);
  tail_ = text.substr(printer.place() + 1);
  level_ = DepthOf(format_.records);
  buffer_ = head_;
  return Emit();
}

Result<void> RecordWriter::Write(const json::Value& record) {
  if (csv_) {
    if (auto written = csv_->Write(record, buffer_); !written) return written;
    return Emit();
  }
  const bool in_array = format_.syntax == Syntax::kJson && !format_.records.empty();
  if (format_.syntax == Syntax::kNdjson) {
    json::Write(record, buffer_);
    buffer_.push_back('\n');
    return Emit();
  }
  if (in_array && count_ > 0) buffer_.push_back(',');
  ++count_;
  EnvelopePrinter printer(format_.indent, buffer_);
  printer.set_level(in_array ? level_ : 0);
  if (in_array) printer.NewLine();
  printer.Indented(record);
  return Emit();
}

Result<void> RecordWriter::End() {
  if (format_.syntax != Syntax::kJson) return {};
  EnvelopePrinter printer(format_.indent, buffer_);
  if (!format_.records.empty()) {
    printer.set_level(level_ - 1);
    if (count_ > 0) printer.NewLine();
    buffer_.append(tail_);
  }
  if (format_.indent >= 0) buffer_.push_back('\n');
  return Emit();
}

Result<std::string> WriteOne(const RecordFormat& format, std::string_view envelope, const json::Value& record) {
  std::string out;
  RecordWriter writer(format, envelope, [&out](std::string_view bytes) -> Result<void> {
    out.append(bytes);
    return {};
  });
  if (auto begun = writer.Begin(); !begun) return std::move(begun).error();
  if (auto written = writer.Write(record); !written) return std::move(written).error();
  if (auto ended = writer.End(); !ended) return std::move(ended).error();
  return out;
}

}  // namespace throughline::formats
