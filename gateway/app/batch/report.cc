#include "gateway/app/batch/report.h"

#include <algorithm>
#include <cstdio>

#include "fhir/base/shown.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"

namespace throughline::app {
namespace {

bool IsError(const Issue& issue) { return issue.severity == Severity::kFatal || issue.severity == Severity::kError; }

Counts CountsOf(const Issues& issues) {
  Counts counts;
  counts.resources = 1;
  counts.errors = static_cast<std::uint64_t>(std::ranges::count_if(issues, IsError));
  counts.warnings = static_cast<std::uint64_t>(std::ranges::count(issues, Severity::kWarning, &Issue::severity));
  counts.invalid = counts.errors == 0 ? 0 : 1;
  return counts;
}

// A name of a file may hold any bytes: those of one that is not UTF-8 are written as "?".
void WriteName(std::string_view name, std::string& out) {
  std::string quoted;
  json::WriteString(name, quoted);
  if (!json::ParseDocument(quoted)) {
    std::ranges::replace_if(
        quoted, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  }
  out += quoted;
}

void WriteTexts(std::string_view name, std::string_view text, std::string& out) {
  if (text.empty()) return;
  out += ",\"" + std::string(name) + "\":[";
  json::WriteString(text, out);
  out += ']';
}

void WriteIssue(const Issue& issue, std::string& out) {
  out += R"({"severity":")" + std::string(CodeOf(issue.severity)) + R"(","code":")" + std::string(CodeOf(issue.type)) +
         '"';
  if (!issue.rule.empty()) {
    out += R"(,"details":{"coding":[{"code":)";
    json::WriteString(issue.rule, out);
    out += "}]}";
  }
  WriteTexts("expression", issue.expression, out);
  WriteTexts("location", issue.location, out);
  out += ",\"diagnostics\":";
  json::WriteString(issue.text, out);
  out += '}';
}

std::string JsonLine(const Verdict& verdict, bool valid) {
  std::string out = "{\"file\":";
  WriteName(verdict.file, out);
  out += ",\"line\":" + std::to_string(verdict.line) + ",\"id\":";
  if (verdict.id.empty()) {
    out += "null";
  } else {
    json::WriteString(verdict.id, out);
  }
  out += std::string(",\"valid\":") + (valid ? "true" : "false") + ",\"issue\":[";
  for (const Issue& issue : verdict.issues) {
    if (out.back() != '[') out += ',';
    WriteIssue(issue, out);
  }
  return out + "]}\n";
}

std::string TextLine(const Verdict& verdict, const Issue& issue) {
  const std::string place = issue.location.empty() ? std::to_string(verdict.line) + ":1" : std::string(issue.location);
  std::string out = std::string(verdict.file) + ":" + place + ": " + std::string(CodeOf(issue.severity)) + ": ";
  if (!issue.expression.empty()) out += issue.expression + ": ";
  return ShownLine(out) + ShownIssue(issue) + "\n";
}

std::string Counted(std::uint64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

}  // namespace

void Counts::Add(const Counts& other) {
  resources += other.resources;
  invalid += other.invalid;
  errors += other.errors;
  warnings += other.warnings;
}

void AddToReport(ReportFormat format, const Verdict& verdict, std::vector<ReportLine>& lines, Counts& counts) {
  const Counts own = CountsOf(verdict.issues);
  counts.Add(own);
  if (format == ReportFormat::kJson) {
    lines.push_back({JsonLine(verdict, own.invalid == 0), {}});
    return;
  }
  for (const Issue& issue : verdict.issues) {
    lines.push_back({TextLine(verdict, issue), IsError(issue) ? std::string() : issue.rule});
  }
}

bool ReportPrinter::Print(const std::vector<ReportLine>& lines, const Counts& counts) {
  counts_.Add(counts);
  std::string out;
  for (const ReportLine& line : lines) {
    if (line.rule.empty() || ++of_rule_[line.rule] <= kShown) out += line.text;
  }
  return std::fwrite(out.data(), 1, out.size(), stdout) == out.size();
}

std::string ReportPrinter::Summary(std::size_t files) const {
  std::string out;
  for (const auto& [rule, count] : of_rule_) {
    if (count > kShown) {
      out += "... and " + std::to_string(count - kShown) + " more [" + rule + "]; --format json shows them all\n";
    }
  }
  return out + Counted(counts_.resources, "resource", "resources") + " in " + Counted(files, "file", "files") + ": " +
         std::to_string(counts_.resources - counts_.invalid) + " valid, " + std::to_string(counts_.invalid) + " not; " +
         Counted(counts_.errors, "error", "errors") + ", " + Counted(counts_.warnings, "warning", "warnings") + "\n";
}

}  // namespace throughline::app
