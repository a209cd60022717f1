// The CSV form of a code table.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "mappings/language/code_table_file.h"

namespace throughline::language {
namespace {

constexpr std::array<std::string_view, 6> kColumns = {"local", "system", "code", "display", "equivalence", "preferred"};
enum Column : std::size_t { kLocal, kSystem, kCode, kDisplay, kEquivalence, kPreferred };

constexpr std::size_t kMostCells = 32;  // of a line that are kept: more than any table has

// Cuts one line of RFC 4180 off `text`; `lines` counts the line ends that were passed. Nothing: a quote is not closed.
std::optional<std::vector<std::string>> TakeCells(std::string_view& text, std::size_t& lines) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  while (!text.empty()) {
    const char byte = text.front();
    text.remove_prefix(1);
    if (byte == '\n') ++lines;
    if (quoted) {
      if (byte != '"') {
        cells.back().push_back(byte);
      } else if (text.starts_with('"')) {
        cells.back().push_back('"');
        text.remove_prefix(1);
      } else {
        quoted = false;
      }
    } else if (byte == '"' && cells.back().empty()) {
      quoted = true;
    } else if (byte == ',') {
      if (cells.size() < kMostCells) {
        cells.emplace_back();
      } else {
        cells.back().clear();
      }
    } else if (byte == '\n') {
      return cells;
    } else if (byte != '\r' || !text.starts_with('\n')) {
      cells.back().push_back(byte);
    }
  }
  return quoted ? std::nullopt : std::optional(std::move(cells));
}

class CsvCodes {
 public:
  CsvCodes(std::string_view file, Diagnostics& diagnostics, CodeRows& out)
      : file_(file), diagnostics_(diagnostics), out_(out) {}

  bool Read(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (!IsPlainText(text)) return Report(1, "a code table is UTF-8 text");
    std::size_t line = 1;
    while (!text.empty()) {
      const std::size_t at = line;
      const auto cells = TakeCells(text, line);
      if (!cells) return Report(at, "a quote is opened here and never closed");
      if (cells->size() == 1 && cells->front().empty()) continue;
      if (columns_.empty()) {
        if (!ReadHeader(*cells)) return false;
        continue;
      }
      if (out_.rows.size() >= kMaxCodeRows) return Report(at, "more than 100000 rows");
      ReadRow(*cells, at);
    }
    return !columns_.empty() || Report(1, "the table is empty: its first line names the columns");
  }

 private:
  bool Report(std::size_t line, std::string text) {
    diagnostics_.ErrorIn(file_, {line, 1}, 0, "map-code-table", std::move(text));
    return false;
  }

  bool ReadHeader(const std::vector<std::string>& cells) {
    columns_.assign(kColumns.size(), -1);
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto found = std::ranges::find(kColumns, cells[i]);
      if (found == kColumns.end()) {
        return Report(1, "column " + std::to_string(i + 1) +
                             " is not one of local, system, code, display, equivalence, preferred");
      }
      columns_[static_cast<std::size_t>(found - kColumns.begin())] = static_cast<int>(i);
    }
    return (columns_[kLocal] >= 0 && columns_[kCode] >= 0) || Report(1, "the columns 'local' and 'code' are needed");
  }

  void ReadRow(const std::vector<std::string>& cells, std::size_t line) {
    const auto cell = [&](Column column) -> std::string {
      const int at = columns_[column];
      return at < 0 || static_cast<std::size_t>(at) >= cells.size() ? std::string()
                                                                    : cells[static_cast<std::size_t>(at)];
    };
    CodeRow row{.local = cell(kLocal),
                .system = cell(kSystem),
                .code = cell(kCode),
                .display = cell(kDisplay),
                .equivalence = cell(kEquivalence),
                .preferred = !cell(kPreferred).empty(),
                .place = {.line = line}};
    if (cells.size() > static_cast<std::size_t>(std::ranges::count_if(columns_, [](int at) { return at >= 0; }))) {
      Report(line, "this row has more cells than the table has columns");
    }
    if (row.equivalence.empty()) row.equivalence = row.code.empty() ? "unmatched" : "equivalent";
    if (row.code.empty()) row.local_display = row.display;
    if (const std::string_view fault = FaultOf(row); !fault.empty()) {
      Report(line, std::string(fault) + NearestEquivalence(row.equivalence));
    }
    out_.rows.push_back(std::move(row));
  }

  std::string_view file_;
  Diagnostics& diagnostics_;
  CodeRows& out_;
  std::vector<int> columns_;
};

}  // namespace

bool ReadCodesCsv(std::string_view file, std::string_view text, Diagnostics& diagnostics, CodeRows& out) {
  return CsvCodes(file, diagnostics, out).Read(text);
}

}  // namespace throughline::language
