#include "mappings/language/error_report.h"

#include <algorithm>

#include "fhir/base/shown.h"
#include "fhir/json/write.h"

namespace throughline::language {

std::string MapErrorText(const Error& error) {
  std::string out;
  for (const Issue& issue : error.issues) AppendIssueText(issue, out);
  if (error.issues.empty()) out.append("error: ").append(ShownLine(error.message)).append("\n");
  const std::size_t errors = static_cast<std::size_t>(
      std::ranges::count_if(error.issues, [](const Issue& issue) { return issue.severity <= Severity::kError; }));
  if (errors > 0) out.append(std::to_string(errors)).append(errors == 1 ? " error\n" : " errors\n");
  return out;
}

std::string MapErrorJson(const Error& error) {
  std::string out = "{";
  AppendMember("error", error.message, out);
  out.push_back(',');
  AppendIssues(error.issues, out);
  out.push_back('}');
  return out;
}

void AppendMember(std::string_view name, std::string_view text, std::string& out) {
  if (!out.ends_with('{') && !out.ends_with('[')) out.push_back(',');
  json::WriteString(name, out);
  out.push_back(':');
  json::WriteString(text, out);
}

void AppendIssues(const Issues& issues, std::string& out) {
  out.append("\"issue\":[");
  for (const Issue& issue : issues) {
    if (!out.ends_with('[')) out.push_back(',');
    out.push_back('{');
    AppendMember("severity", CodeOf(issue.severity), out);
    AppendMember("rule", issue.rule, out);
    AppendMember("location", issue.location, out);
    AppendMember("text", issue.text, out);
    out.push_back('}');
  }
  out.push_back(']');
}

void AppendIssueText(const Issue& issue, std::string& out) {
  out.append(ShownLine(issue.location)).append(": ").append(CodeOf(issue.severity)).append(": ");
  out.append(ShownIssue(issue)).push_back('\n');
}

}  // namespace throughline::language
