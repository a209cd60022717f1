#include "mappings/engine/code_table.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "fhir/json/build.h"
#include "mappings/engine/diagnostics.h"

namespace throughline::engine {
namespace {

constexpr std::array<std::string_view, 6> kColumns = {"local", "system", "code", "display", "equivalence", "preferred"};
enum Column : std::size_t { kLocal, kSystem, kCode, kDisplay, kEquivalence, kPreferred };

// https://hl7.org/fhir/R4/valueset-concept-map-equivalence.html
constexpr std::array<std::string_view, 10> kEquivalences = {"equal",     "equivalent",  "wider",   "subsumes",
                                                            "narrower",  "specializes", "inexact", "relatedto",
                                                            "unmatched", "disjoint"};

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
      cells.emplace_back();
    } else if (byte == '\n') {
      return cells;
    } else if (byte != '\r' || !text.starts_with('\n')) {
      cells.back().push_back(byte);
    }
  }
  return quoted ? std::nullopt : std::optional(std::move(cells));
}

std::string CodeKey(std::string_view system, std::string_view code) {
  std::string key(system);
  key.push_back('|');
  key.append(code);
  return key;
}

}  // namespace

void CodeTable::Load(std::string_view csv, Diagnostics& diagnostics) {
  constexpr std::size_t kMaxRows = 100'000;
  if (csv.starts_with("\xEF\xBB\xBF")) csv.remove_prefix(3);
  if (!IsPlainText(csv)) return diagnostics.ErrorIn(file_, 1, "map-code-table", "a code table is UTF-8 text");
  std::size_t line = 1;
  while (!csv.empty()) {
    const std::size_t at = line;
    const auto cells = TakeCells(csv, line);
    if (!cells) return diagnostics.ErrorIn(file_, at, "map-code-table", "a quote is opened here and never closed");
    if (cells->size() == 1 && cells->front().empty()) continue;
    if (columns_.empty()) {
      if (!ReadHeader(*cells, diagnostics)) return;
      continue;
    }
    if (rows_.size() >= kMaxRows) return diagnostics.ErrorIn(file_, at, "map-code-table", "more than 100000 rows");
    ReadRow(*cells, at, diagnostics);
  }
  if (columns_.empty())
    return diagnostics.ErrorIn(file_, 1, "map-code-table", "the table is empty: its first line names the columns");
  Group(diagnostics);
  MakeValues();
}

bool CodeTable::ReadHeader(const std::vector<std::string>& cells, Diagnostics& diagnostics) {
  columns_.assign(kColumns.size(), -1);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto found = std::ranges::find(kColumns, cells[i]);
    if (found == kColumns.end()) {
      diagnostics.ErrorIn(
          file_, 1, "map-code-table",
          "column " + std::to_string(i + 1) + " is not one of local, system, code, display, equivalence, preferred");
      return false;
    }
    columns_[static_cast<std::size_t>(found - kColumns.begin())] = static_cast<int>(i);
  }
  if (columns_[kLocal] < 0 || columns_[kCode] < 0) {
    diagnostics.ErrorIn(file_, 1, "map-code-table", "the columns 'local' and 'code' are needed");
    return false;
  }
  return true;
}

void CodeTable::ReadRow(const std::vector<std::string>& cells, std::size_t line, Diagnostics& diagnostics) {
  const auto cell = [&](Column column) -> std::string {
    const int at = columns_[column];
    return at < 0 || static_cast<std::size_t>(at) >= cells.size() ? std::string() : cells[static_cast<std::size_t>(at)];
  };
  CodeRow row{.local = cell(kLocal),
              .system = cell(kSystem),
              .code = cell(kCode),
              .display = cell(kDisplay),
              .equivalence = cell(kEquivalence),
              .preferred = !cell(kPreferred).empty(),
              .line = line};
  if (cells.size() > static_cast<std::size_t>(std::ranges::count_if(columns_, [](int at) { return at >= 0; }))) {
    diagnostics.ErrorIn(file_, line, "map-code-table", "this row has more cells than the table has columns");
  }
  if (row.local.empty()) diagnostics.ErrorIn(file_, line, "map-code-table", "the local code is missing");
  if (row.equivalence.empty()) row.equivalence = row.code.empty() ? "unmatched" : "equivalent";
  if (std::ranges::find(kEquivalences, row.equivalence) == kEquivalences.end()) {
    diagnostics.ErrorIn(file_, line, "map-code-table",
                        "the equivalence is not one of ConceptMap's" + DidYouMean(row.equivalence, kEquivalences));
  }
  if (row.code.empty() != (row.equivalence == "unmatched")) {
    diagnostics.ErrorIn(file_, line, "map-code-table", "a row without a code is 'unmatched', and only such a row");
  }
  if (row.equivalence == "disjoint" && !row.code.empty()) {
    diagnostics.ErrorIn(file_, line, "map-code-table",
                        "a disjoint code is not what the local code means: give the local code alone");
  }
  rows_.push_back(std::move(row));
}

// Rows of a local code stand together in the order of the file; the map back is made from first rows alone.
void CodeTable::Group(Diagnostics& diagnostics) {
  std::unordered_map<std::string, std::size_t> first;
  for (const CodeRow& row : rows_) first.try_emplace(row.local, row.line);
  std::ranges::stable_sort(rows_, {}, [&](const CodeRow& row) { return first.at(row.local); });
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (locals_.empty() || locals_.back().local != rows_[i].local) {
      LocalCode local;
      local.local = rows_[i].local;
      local.first = i;
      by_local_.emplace(rows_[i].local, locals_.size());
      locals_.push_back(local);
    }
    ++locals_.back().count;
  }
  for (const CodeRow& row : rows_) {
    if (row.code.empty()) continue;
    codes_.insert(CodeKey(row.system, row.code));
    codes_.insert(CodeKey("", row.code));
  }
  for (std::size_t i = 0; i < locals_.size(); ++i) LeadBack(i, diagnostics);
  for (LocalCode& local : locals_) {
    const CodeRow& row = rows_[local.first];
    bool known = false;
    local.unique = !row.code.empty() && FindCode(row.system, row.code, known) == &local;
    one_to_one_ = one_to_one_ && local.unique;
  }
}

void CodeTable::LeadBack(std::size_t local, Diagnostics& diagnostics) {
  const CodeRow& row = rows_[locals_[local].first];
  if (row.code.empty()) return;
  const int rank = row.preferred ? 2 : row.equivalence == "equal" || row.equivalence == "equivalent" ? 1 : 0;
  for (const std::string_view system : {std::string_view(row.system), std::string_view()}) {
    auto [place, made] = by_code_.try_emplace(CodeKey(system, row.code), Back{local, rank, false});
    Back& back = place->second;
    if (made || back.local == local) continue;
    if (rank == 2 && back.rank == 2) {
      diagnostics.ErrorIn(file_, row.line, "map-code-table", "two rows are preferred for the same code");
    }
    if (rank == back.rank) back.several = true;
    if (rank > back.rank) back = Back{local, rank, false};
  }
}

json::Value CodeTable::CodingOf(std::string_view system, std::string_view code, std::string_view display) {
  json::ObjectBuilder coding(arena_);
  if (!system.empty()) coding.Add("system", json::Value::String(system));
  coding.Add("code", json::Value::String(code));
  if (!display.empty()) coding.Add("display", json::Value::String(display));
  return coding.Build();
}

void CodeTable::MakeValues() {
  for (LocalCode& local : locals_) {
    json::ArrayBuilder kept(arena_);
    json::ArrayBuilder bare(arena_);
    for (std::size_t i = local.first; i < local.first + local.count; ++i) {
      if (rows_[i].code.empty()) continue;
      const json::Value coding = CodingOf(rows_[i].system, rows_[i].code, rows_[i].display);
      if (local.coding.is_null()) local.coding = coding;
      kept.Add(coding);
      bare.Add(coding);
    }
    const CodeRow& row = rows_[local.first];
    local.local_coding = CodingOf(local_system_, local.local, row.code.empty() ? std::string_view(row.display) : "");
    kept.Add(local.local_coding);
    const bool some = !bare.empty();
    local.codings = bare.Build();
    json::ObjectBuilder with(arena_);
    with.Add("coding", kept.Build());
    local.concept_kept = with.Build();
    if (!some) continue;
    json::ObjectBuilder without(arena_);
    without.Add("coding", local.codings);
    local.concept_bare = without.Build();
  }
}

const LocalCode* CodeTable::FindLocal(std::string_view local) const {
  const auto found = by_local_.find(local);
  return found == by_local_.end() ? nullptr : &locals_[found->second];
}

const LocalCode* CodeTable::FindCode(std::string_view system, std::string_view code, bool& known) const {
  const auto found = by_code_.find(CodeKey(system, code));
  known = found != by_code_.end();
  if (!known || found->second.several || found->second.rank == 0) return nullptr;
  return &locals_[found->second.local];
}

bool CodeTable::HasCode(std::string_view system, std::string_view code) const {
  return codes_.contains(CodeKey(system, code));
}

}  // namespace throughline::engine
