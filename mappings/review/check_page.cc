// The report of a map as a page: docs/maps/ holds those of the library.
#include <algorithm>
#include <string>

#include "fhir/base/shown.h"
#include "mappings/plan/plan.h"
#include "mappings/review/check_report.h"

namespace throughline::review {
namespace {

using plan::Field;
using plan::FieldGrade;
using plan::Grade;
using plan::Map;
using plan::Plan;
using plan::TableCoverage;

void AppendCell(std::string_view text, bool code, std::string& out) {
  out.append(" ").append(code && !text.empty() ? "`" : "");
  for (const char byte : ShownLine(text)) {
    if (byte == '|') out.push_back('\\');
    out.push_back(byte);
  }
  out.append(code && !text.empty() ? "` |" : " |");
}

void AppendFields(const Map& map, bool lost, std::string& out) {
  for (const FieldGrade& grade : map.grades()) {
    const bool exact = grade.grade == Grade::kExact || grade.grade == Grade::kExactLocalKept;
    if (lost && exact) continue;
    out.push_back('|');
    AppendCell(grade.field, true, out);
    AppendCell(grade.target, true, out);
    AppendCell(CodeOf(grade.grade), false, out);
    if (lost) AppendCell(grade.why, false, out);
    out.push_back('\n');
  }
}

std::size_t CountLost(const Map& map) {
  return static_cast<std::size_t>(std::ranges::count_if(map.grades(), [](const FieldGrade& grade) {
    return grade.grade != Grade::kExact && grade.grade != Grade::kExactLocalKept;
  }));
}

void AppendTables(const Map& map, std::string& out) {
  if (map.coverage().empty()) return;
  out.append(
      "\n## Code tables\n\nHow many of a table's local codes have a code in FHIR, and how many codes of the value set "
      "that R4 binds the element "
      "to lead back to one.\n\n| table | local codes | with a code in FHIR | codes of the value set that lead back "
      "|\n|---|---|---|---|\n");
  for (const TableCoverage& table : map.coverage()) {
    out.push_back('|');
    AppendCell(table.table, true, out);
    AppendCell(std::to_string(table.codes), false, out);
    AppendCell(std::to_string(table.standard), false, out);
    AppendCell(table.set.empty()
                   ? ""
                   : std::to_string(table.back) + " of " + std::to_string(table.set_codes) + " of " + table.set,
               false, out);
    out.push_back('\n');
  }
}

// What `withhold` leaves of some records.
void AppendWithheld(const Plan& plan, std::string& out) {
  if (!plan.withheld_when) return;
  out.append("\nOf a record with `")
      .append(ShownLine(plan.withheld_text))
      .append("` only these fields are taken; all else goes nowhere and is a ");
  out.append("`withheld` line of the ledger:");
  for (const Field& field : plan.fields) {
    if (field.kept) out.append(out.ends_with(':') ? " `" : ", `").append(ShownLine(field.path)).append("`");
  }
  out.append(".\n");
}

}  // namespace

std::string CheckReportMarkdown(const Map& map) {
  std::string out("# ");
  out.append(ShownLine(map.name())).append(" ").append(ShownLine(map.version())).append("\n\n");
  if (!map.title().empty()) out.append(ShownLine(map.title())).append(". ");
  out.append("Made from the map by `throughline map check ")
      .append(ShownLine(map.name()))
      .append(" --format markdown`");
  out.append("; a test holds the two together. What the grades mean: [mapping.md](../mapping.md#grades-and-laws).\n\n");
  const std::size_t lost = CountLost(map);
  out.append("## What does not come back as it was\n\n");
  if (lost == 0) {
    out.append("Nothing: each of the ")
        .append(std::to_string(map.grades().size()))
        .append(" fields comes back as it was.\n");
  } else {
    out.append("| field | goes to | grade | why |\n|---|---|---|---|\n");
    AppendFields(map, true, out);
  }
  AppendWithheld(map.plan(), out);
  out.append("\n## All fields\n\n| field | goes to | comes back |\n|---|---|---|\n");
  AppendFields(map, false, out);
  AppendTables(map, out);
  return out;
}

}  // namespace throughline::review
