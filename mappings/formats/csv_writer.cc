#include "mappings/formats/csv_writer.h"

#include <algorithm>
#include <set>
#include <utility>

#include "fhir/json/parse.h"
#include "mappings/formats/spreadsheet.h"

namespace throughline::formats {
namespace {

// The text of a record's value in a cell; booleans are never given, but a cell must never hold something else.
std::string_view TextOf(const json::Value& value) {
  if (value.is_boolean()) return value.boolean() ? "true" : "false";
  return value.text();
}

Error BadEnvelope(std::string text) { return MakeError(ErrorKind::kInvalid, "record-envelope", std::move(text)); }

}  // namespace

Result<void> CsvWriter::TakeHeader(const json::Value& header) {
  std::set<std::string_view> names;
  for (const json::Value& name : header.items()) {
    if (!name.is_string()) return BadEnvelope("the header of the envelope holds something that is no name");
    if (!name.text().empty() && !names.insert(name.text()).second)
      return BadEnvelope("the header of the envelope has a name twice");
    header_.emplace_back(name.text());
  }
  for (const std::string& name : header_) {
    const auto column = std::ranges::find_if(format_.columns, [&](const CsvColumn& known) {
      return std::ranges::find(known.headers, name) != known.headers.end();
    });
    columns_.push_back(column == format_.columns.end() ? kNone
                                                       : static_cast<std::size_t>(column - format_.columns.begin()));
  }
  for (std::size_t i = 0; i < format_.columns.size(); ++i) {
    const auto count = std::ranges::count(columns_, i);
    const std::string& name = format_.columns[i].headers.front();
    if (count > 1) return BadEnvelope("the header of the envelope names the column '" + name + "' twice");
    if (count == 0 && format_.columns[i].key)
      return BadEnvelope("the header of the envelope has no column '" + name + "', which is part of the record's key");
  }
  return {};
}

Result<void> CsvWriter::Begin(std::string_view envelope, std::string& out) {
  bool mark = format_.byte_order_mark;
  carriage_return_ = format_.carriage_return;
  if (envelope.empty()) {
    for (std::size_t i = 0; i < format_.columns.size(); ++i) {
      header_.push_back(format_.columns[i].headers.front());
      columns_.push_back(i);
    }
  } else {
    auto parsed = json::ParseDocument(envelope);
    if (!parsed || !parsed->root.Get("header").is_array()) {
      return BadEnvelope("the envelope is not that of a CSV file");
    }
    if (auto taken = TakeHeader(parsed->root.Get("header")); !taken) return taken;
    carriage_return_ = parsed->root.Get("carriageReturn").boolean();
    mark = parsed->root.Get("byteOrderMark").boolean();
  }
  left_out_.resize(format_.columns.size());
  if (mark && format_.encoding == Encoding::kUtf8) out.append("\xEF\xBB\xBF");
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (i > 0) out.push_back(format_.delimiter);
    if (!WriteCell(header_[i], out)) {
      return MakeError(ErrorKind::kInvalid, "record-encoding", "the header cannot be written in the file's encoding");
    }
  }
  out.append(carriage_return_ ? "\r\n" : "\n");
  return {};
}

bool CsvWriter::WriteCell(std::string_view text, std::string& out) {
  scratch_.clear();
  if (format_.guarded && !text.empty()) {
    const std::size_t start = text.find_first_not_of('\'');
    if (start != std::string_view::npos && IsFormula(text.substr(start))) scratch_.push_back('\'');
  }
  if (!Encode(format_.encoding, text, scratch_)) return false;
  const char special[] = {format_.delimiter, format_.quote, '\r', '\n'};
  const bool needed = scratch_.find_first_of(std::string_view(special, 4)) != std::string::npos ||
                      (scratch_.empty() && header_.size() == 1);
  if (!needed || format_.quote == 0) {
    out.append(scratch_);
    return !needed || scratch_.empty();
  }
  out.push_back(format_.quote);
  for (const char byte : scratch_) {
    if (byte == format_.quote) out.push_back(byte);
    out.push_back(byte);
  }
  out.push_back(format_.quote);
  return true;
}

bool CsvWriter::WriteRow(const json::Value& record, const json::Value& row, std::string& out) {
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (i > 0) out.push_back(format_.delimiter);
    if (columns_[i] == kNone) continue;
    const CsvColumn& column = format_.columns[columns_[i]];
    const json::Value* value = (column.in_rows ? row : record).Find(column.name);
    const bool nothing = value == nullptr || value->is_null();
    if (!WriteCell(nothing ? std::string_view(column.nothing) : TextOf(*value), out)) return false;
  }
  out.append(carriage_return_ ? "\r\n" : "\n");
  return true;
}

void CsvWriter::NoteLeftOut(const json::Value& record, const json::Value& row) {
  for (std::size_t i = 0; i < format_.columns.size(); ++i) {
    if (std::ranges::find(columns_, i) != columns_.end()) continue;
    const CsvColumn& column = format_.columns[i];
    const json::Value* value = (column.in_rows ? row : record).Find(column.name);
    if (value != nullptr && !value->is_null() && TextOf(*value) != column.nothing) ++left_out_[i];
  }
}

Result<void> CsvWriter::Write(const json::Value& record, std::string& out) {
  const std::size_t start = out.size();
  const json::Value none;
  const auto items = record.Get(format_.rows).items();
  const auto rows = format_.rows.empty() || items.empty() ? std::span<const json::Value>(&none, 1) : items;
  for (const json::Value& row : rows) {
    if (columns_.size() < format_.columns.size() || header_.size() != format_.columns.size()) NoteLeftOut(record, row);
    if (WriteRow(record, row, out)) continue;
    out.resize(start);
    return MakeError(ErrorKind::kInvalid, "record-encoding",
                     "the record holds a character that " + std::string(CodeOf(format_.encoding)) + " cannot write");
  }
  return {};
}

Issues CsvWriter::Notices() const {
  Issues notices;
  for (std::size_t i = 0; i < left_out_.size(); ++i) {
    if (left_out_[i] == 0) continue;
    Issue issue;
    issue.severity = Severity::kWarning;
    issue.type = IssueType::kStructure;
    issue.rule = "record-column-missing";
    issue.text = "the file has no column '" + format_.columns[i].headers.front() + "'; " +
                 std::to_string(left_out_[i]) + " of its cells were left out";
    notices.push_back(std::move(issue));
  }
  return notices;
}

}  // namespace throughline::formats
