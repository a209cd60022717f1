#include "mappings/draft/sniff.h"

#include <algorithm>
#include <array>
#include <vector>

#include "fhir/json/parse.h"

namespace throughline::draft {
namespace {

using formats::Syntax;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kRowsLookedAt = 200;

Error Refuse(std::string text) { return MakeError(ErrorKind::kInvalid, "draft", std::move(text)); }

std::string_view FirstLine(std::string_view text) { return text.substr(0, text.find('\n')); }

bool IsObject(std::string_view line) {
  const auto value = json::ParseDocument(line);
  return value && value->root.is_object();
}

// The list of objects with the most items that is reached through members alone: "discharges.*".
void FindRecords(const json::Value& value, const std::string& path, int depth, std::size_t& most, std::string& found) {
  const bool objects = value.is_array() && value.size() > 0 &&
                       std::ranges::all_of(value.items(), [](const json::Value& item) { return item.is_object(); });
  if (objects && value.size() > most) {
    most = value.size();
    found = path + "*";
  }
  if (!value.is_object() || depth == 0) return;
  for (const json::Member& member : value.members()) {
    if (member.name.find_first_of(".*#[") != std::string_view::npos) continue;
    FindRecords(member.value, path + std::string(member.name) + ".", depth - 1, most, found);
  }
}

int IndentOf(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return -1;
  const std::size_t blanks = text.substr(end + 1).find_first_not_of(' ');
  return blanks == std::string_view::npos ? 0 : static_cast<int>(std::min<std::size_t>(blanks, 8));
}

Result<Sniffed> SniffJson(std::string_view text, bool whole) {
  Sniffed found;
  const std::string_view first = FirstLine(text);
  const std::string_view rest = text.substr(std::min(first.size() + 1, text.size()));
  const std::size_t second = rest.find_first_not_of(" \r\n\t");
  if (second != std::string_view::npos && rest[second] == '{' && IsObject(first)) {
    found.format.syntax = Syntax::kNdjson;
    found.bytes = whole ? text : text.substr(0, text.rfind('\n') + 1);
    return found;
  }
  if (!whole) return Refuse("a JSON document is looked at as a whole: give a file of at most 16 MiB with some records");
  const auto value = json::ParseDocument(text);
  if (!value) return value.error();
  std::size_t most = 0;
  FindRecords(value->root, "", 3, most, found.format.records);
  if (found.format.records.empty() && !value->root.is_object()) {
    return Refuse("no record is in this JSON: a map reads objects, alone, in a list or a line each");
  }
  found.format.indent = IndentOf(text);
  found.bytes = text;
  return found;
}

// What the first rows look like when they are cut at a delimiter.
struct Cut {
  std::vector<std::size_t> cells;  // of each row
  std::size_t quoted = 0;          // cells that begin and end with the quote
  std::size_t odd = 0;             // cells that begin with it and go on behind its end, or never end
};

Cut CutAt(std::string_view text, char delimiter, char quote) {
  enum class At : std::uint8_t { kStart, kPlain, kQuoted, kBehind };
  Cut cut;
  std::size_t cells = 1;
  bool any = false;
  At at = At::kStart;
  const auto end_cell = [&] {
    cut.quoted += at == At::kBehind ? 1 : 0;
    at = At::kStart;
  };
  for (const char byte : text) {
    any = any || (byte != '\r' && byte != '\n');
    if (byte == quote && at != At::kPlain) {
      at = at == At::kQuoted ? At::kBehind : At::kQuoted;  // two of them inside a cell are one that is meant
    } else if (at == At::kQuoted || byte == '\r') {
      continue;
    } else if (byte == delimiter) {
      end_cell();
      ++cells;
    } else if (byte == '\n') {
      end_cell();
      if (any) cut.cells.push_back(cells);
      if (cut.cells.size() == kRowsLookedAt) return cut;
      cells = 1;
      any = false;
    } else {
      cut.odd += at == At::kBehind ? 1 : 0;
      at = At::kPlain;
    }
  }
  cut.odd += at == At::kQuoted ? 1 : 0;
  end_cell();
  if (any) cut.cells.push_back(cells);
  return cut;
}

// Rows like the header count; of signs that cut as evenly the one that makes more cells is the delimiter.
std::size_t ScoreOf(const std::vector<std::size_t>& counts) {
  if (counts.empty() || counts.front() < 2) return 0;
  const auto same = static_cast<std::size_t>(std::ranges::count(counts, counts.front()));
  return same * 1000 / counts.size() * 1000 + std::min<std::size_t>(counts.front(), 999);
}

void SniffSigns(std::string_view text, formats::CsvFormat& csv) {
  std::size_t best = 0;
  for (const char quote : {'"', '\''}) {
    for (const char delimiter : {',', ';', '\t', '|'}) {
      const Cut cut = CutAt(text, delimiter, quote);
      const bool apostrophe = quote == '\'' && cut.quoted <= cut.odd;  // of a name: "'t Hooft", "O'Hara"
      const std::size_t score = apostrophe ? 0 : ScoreOf(cut.cells);
      if (score <= best) continue;
      best = score;
      csv.delimiter = delimiter;
      csv.quote = quote;
    }
  }
}

formats::Encoding SniffEncoding(std::string_view text, bool whole) {
  // The end may cut a character in two.
  for (std::size_t cut = 0; cut <= (whole ? 0u : 3u) && cut <= text.size(); ++cut) {
    if (formats::IsUtf8(text.substr(0, text.size() - cut))) return formats::Encoding::kUtf8;
  }
  const auto middle = [](char byte) {
    const auto code = static_cast<unsigned char>(byte);
    return code >= 0x80 && code < 0xA0;
  };
  return std::ranges::any_of(text, middle) ? formats::Encoding::kWindows1252 : formats::Encoding::kLatin1;
}

Result<Sniffed> SniffCsv(std::string_view text, bool whole) {
  Sniffed found;
  found.format.syntax = Syntax::kCsv;
  found.format.csv.byte_order_mark = text.starts_with(kByteOrderMark);
  found.bytes = whole ? text : text.substr(0, text.rfind('\n') + 1);
  if (found.format.csv.byte_order_mark) text.remove_prefix(kByteOrderMark.size());
  found.format.csv.encoding = SniffEncoding(text, whole);
  found.format.csv.carriage_return = FirstLine(text).ends_with('\r');
  SniffSigns(text, found.format.csv);
  if (text.find('\n') == std::string_view::npos)
    return Refuse("there is one line only: a CSV file has a header and rows");
  return found;
}

}  // namespace

Result<Sniffed> Sniff(std::string_view bytes, bool whole) {
  std::string_view text = bytes;
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    return Refuse("this file is UTF-16; save it as UTF-8");
  }
  if (text.starts_with("PK\x03\x04")) return Refuse("this is a packed file (a spreadsheet?); save it as CSV");
  if (text.find('\0') != std::string_view::npos) return Refuse("this is no text: it holds NUL bytes");
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return Refuse("the file is empty");
  if (text[start] == '{' || text[start] == '[') return SniffJson(text.substr(start), whole);
  return SniffCsv(bytes, whole);
}

}  // namespace throughline::draft
