#include "mappings/review/check_report.h"

#include <algorithm>
#include <array>

#include "fhir/base/shown.h"
#include "fhir/json/write.h"
#include "mappings/language/error_report.h"
#include "mappings/plan/plan.h"

namespace throughline::review {
namespace {

using language::AppendIssues;
using language::AppendIssueText;
using language::AppendMember;
using plan::FieldGrade;
using plan::Grade;
using plan::Map;
using plan::TableCoverage;

constexpr std::array<std::string_view, 5> kGradeKeys = {"exact", "exactLocalKept", "lossy", "oneWay", "dropped"};

std::array<std::size_t, 5> Count(const Map& map) {
  std::array<std::size_t, 5> counts{};
  for (const FieldGrade& grade : map.grades()) ++counts[static_cast<std::size_t>(grade.grade)];
  return counts;
}

void AppendPadded(std::string_view text, std::size_t width, std::string& out) {
  out.append(text);
  out.append(width > text.size() ? width - text.size() : 0, ' ');
}

// How many fields come from each of the maps that it extends.
void AppendFiles(const Map& map, std::string& out) {
  for (const std::string& file : map.plan().files) {
    const auto count = std::ranges::count(map.grades(), file, &FieldGrade::file);
    if (count > 0)
      out.append("from ")
          .append(ShownLine(file))
          .append(": ")
          .append(std::to_string(count))
          .append(count == 1 ? " field\n" : " fields\n");
  }
}

// What a shared resource says is what the last record said.
void AppendShared(const Map& map, std::string& out) {
  for (const plan::ResourcePlan& resource : map.plan().resources) {
    if (!resource.shared) continue;
    out.append("shared by all records of one ");
    for (const plan::Index field : resource.key) {
      if (field != resource.key.front()) out.append(" and ");
      out.append(ShownLine(map.plan().fields[field].path));
    }
    out.append(": ").append(ShownLine(resource.name)).append(", which says what the last of them said\n");
  }
}

// Rounded down: 100 only when all have one.
std::size_t PercentOf(const TableCoverage& table) { return table.codes == 0 ? 0 : table.standard * 100 / table.codes; }

void AppendCoverage(const TableCoverage& table, std::string& out) {
  out.append("  ")
      .append(ShownLine(table.table))
      .append(": ")
      .append(std::to_string(table.codes))
      .append(table.codes == 1 ? " code, " : " codes, ");
  out.append(std::to_string(PercentOf(table))).append(" % with a code in FHIR");
  if (!table.kinds.empty()) out.append(" (").append(ShownLine(table.kinds)).append(")");
  if (!table.set.empty()) {
    out.append("; ").append(std::to_string(table.back)).append(" of the ").append(std::to_string(table.set_codes));
    out.append(" codes of ").append(ShownLine(table.set)).append(" lead back");
  }
  out.push_back('\n');
}

void AppendAccepted(const plan::AcceptedWarnings& accepted, std::string& out) {
  if (accepted.count == 0) return;
  out.append("accepted: ").append(std::to_string(accepted.count)).append(" ").append(ShownLine(accepted.rule));
  if (!accepted.at.empty()) out.append(" at ").append(ShownLine(accepted.at));
  out.append(": ").append(ShownLine(accepted.why)).push_back('\n');
}

}  // namespace

std::string CheckReportText(const Map& map) {
  std::size_t field_width = 5;
  std::size_t target_width = 6;
  for (const FieldGrade& grade : map.grades()) {
    field_width = std::max(field_width, ShownLine(grade.field).size());
    target_width = std::max(target_width, ShownLine(grade.target).size());
  }
  std::string out = ShownLine(map.name());
  out.append(" ").append(ShownLine(map.version()));
  if (!map.title().empty()) out.append(": ").append(ShownLine(map.title()));
  out.push_back('\n');
  for (const FieldGrade& grade : map.grades()) {
    out.append("  ");
    AppendPadded(grade.field.empty() ? "-" : ShownLine(grade.field), field_width + 2, out);
    AppendPadded(ShownLine(grade.target), target_width + 2, out);
    out.append(CodeOf(grade.grade));
    if (!grade.why.empty()) out.append(": ").append(ShownLine(grade.why));
    out.push_back('\n');
  }
  const auto counts = Count(map);
  const auto elements = static_cast<std::size_t>(std::ranges::count(map.grades(), "", &FieldGrade::field));
  out.append(std::to_string(map.grades().size() - elements)).append(" fields");
  if (elements > 0) {
    out.append(" and ").append(std::to_string(elements)).append(elements == 1 ? " expression" : " expressions");
  }
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0)
      out.append(i == 0 ? ": " : ", ")
          .append(std::to_string(counts[i]))
          .append(" ")
          .append(CodeOf(static_cast<Grade>(i)));
  }
  out.push_back('\n');
  AppendShared(map, out);
  AppendFiles(map, out);
  if (!map.coverage().empty()) out.append("code tables\n");
  for (const TableCoverage& table : map.coverage()) AppendCoverage(table, out);
  for (const plan::AcceptedWarnings& accepted : map.accepted()) AppendAccepted(accepted, out);
  for (const Issue& warning : map.warnings()) AppendIssueText(warning, out);
  return out;
}

std::string CheckReportJson(const Map& map) {
  std::string out = "{";
  AppendMember("map", map.name(), out);
  AppendMember("version", map.version(), out);
  out.append(",\"fields\":[");
  for (const FieldGrade& grade : map.grades()) {
    if (!out.ends_with('[')) out.push_back(',');
    out.push_back('{');
    AppendMember("field", grade.field, out);
    AppendMember("target", grade.target, out);
    AppendMember("grade", CodeOf(grade.grade), out);
    AppendMember("why", grade.why, out);
    if (!grade.file.empty()) AppendMember("file", grade.file, out);
    out.append(",\"line\":").append(std::to_string(grade.line)).push_back('}');
  }
  out.append("],\"summary\":{");
  const auto counts = Count(map);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    out.append(i == 0 ? "\"" : ",\"").append(kGradeKeys[i]).append("\":").append(std::to_string(counts[i]));
  }
  out.append("},\"shared\":[");
  for (const plan::ResourcePlan& resource : map.plan().resources) {
    if (!resource.shared) continue;
    if (!out.ends_with('[')) out.push_back(',');
    json::WriteString(resource.name, out);
  }
  out.append("],\"codes\":[");
  for (const TableCoverage& table : map.coverage()) {
    if (!out.ends_with('[')) out.push_back(',');
    out.push_back('{');
    AppendMember("table", table.table, out);
    out.append(",\"codes\":").append(std::to_string(table.codes));
    out.append(",\"standard\":").append(std::to_string(table.standard));
    out.append(",\"percent\":").append(std::to_string(PercentOf(table)));
    AppendMember("valueSet", table.set, out);
    out.append(",\"valueSetCodes\":").append(std::to_string(table.set_codes));
    out.append(",\"back\":").append(std::to_string(table.back)).push_back('}');
  }
  out.append("],\"accepted\":[");
  for (const plan::AcceptedWarnings& accepted : map.accepted()) {
    if (!out.ends_with('[')) out.push_back(',');
    out.push_back('{');
    AppendMember("rule", accepted.rule, out);
    AppendMember("at", accepted.at, out);
    AppendMember("why", accepted.why, out);
    out.append(",\"count\":").append(std::to_string(accepted.count)).push_back('}');
  }
  out.append("],");
  AppendIssues(map.warnings(), out);
  out.push_back('}');
  return out;
}

}  // namespace throughline::review
