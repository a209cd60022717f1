#include "mappings/language/code_table_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "fhir/json/locate.h"

namespace throughline::language {
namespace {

// https://hl7.org/fhir/R4/valueset-concept-map-equivalence.html
constexpr std::array<std::string_view, 10> kEquivalences = {"equal",     "equivalent",  "wider",   "subsumes",
                                                            "narrower",  "specializes", "inexact", "relatedto",
                                                            "unmatched", "disjoint"};

}  // namespace

std::string NearestEquivalence(std::string_view written) {
  const bool known = std::ranges::find(kEquivalences, written) != kEquivalences.end();
  return known ? "" : DidYouMean(written, kEquivalences);
}

std::string_view FaultOf(const CodeRow& row) {
  if (row.local.empty()) return "the local code is missing";
  if (std::ranges::find(kEquivalences, row.equivalence) == kEquivalences.end()) {
    return "the equivalence is not one of ConceptMap's";
  }
  if (row.code.empty() != (row.equivalence == "unmatched")) {
    return "a row without a code is 'unmatched', and only such a row";
  }
  if (row.equivalence == "disjoint") {
    return "a disjoint code is not what the local code means: give the local code alone";
  }
  return {};
}

Mark MarkOf(const CodeRow& row, std::string_view file, const Diagnostics& diagnostics) {
  if (row.place.line > 0) return {row.place.line, 1};
  if (!diagnostics.HasRoomIn(file)) return {};
  std::string pointer = "/group/" + std::to_string(row.place.group);
  if (row.place.element == RowPlace::kNoStep) {
    pointer += "/unmapped";
  } else {
    pointer += "/element/" + std::to_string(row.place.element);
    if (row.place.target != RowPlace::kNoStep) pointer += "/target/" + std::to_string(row.place.target);
    pointer += "/code";
  }
  const json::Position position = json::Locate(diagnostics.SourceOf(file), pointer);
  return {position.line, position.column};
}

void ReadCodeTable(std::string_view text, const definitions::Definitions& definitions, Diagnostics& diagnostics,
                   CodeTable& table) {
  const std::string& file = table.file();
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool json = file.ends_with(".json") || (first != std::string_view::npos && text[first] == '{');
  CodeRows read;
  const bool sound =
      json ? ReadCodesJson(file, text, definitions, diagnostics, read) : ReadCodesCsv(file, text, diagnostics, read);
  if (!sound) return;
  for (const CodeRow* row : table.Fill(std::move(read))) {
    diagnostics.ErrorIn(file, MarkOf(*row, file, diagnostics), 0, "map-code-table",
                        "two rows are preferred for the same code");
  }
}

}  // namespace throughline::language
