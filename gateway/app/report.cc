#include <cstdio>
#include <string>

#include "fhir/base/shown.h"
#include "gateway/app/command.h"

namespace throughline::app {

std::string Invocation::Value(const std::string& option, std::string_view fallback) const {
  const auto found = options.find(option);
  return found == options.end() || found->second.empty() ? std::string(fallback) : found->second.back();
}

void AppendIssues(const Issues& issues, std::string_view file, std::string& out) {
  for (const Issue& issue : issues) {
    std::string place(issue.location.empty() ? file : std::string_view(issue.location));
    if (!place.empty()) place += ": ";
    place += std::string(CodeOf(issue.severity)) + ": ";
    if (!issue.expression.empty()) place += issue.expression + ": ";
    out.append(ShownLine(place)).append(ShownIssue(issue)).append("\n");
  }
}

void PrintIssues(const Issues& issues, std::string_view file) {
  std::string lines;
  AppendIssues(issues, file, lines);
  std::fwrite(lines.data(), 1, lines.size(), stderr);
}

void PrintOffsets(const Issues& issues, std::string_view file) {
  for (const Issue& issue : issues) {
    std::string_view place = issue.location;
    if (place.starts_with("offset ")) place.remove_prefix(7);
    Say(std::string(file) + ":" + std::string(place) + ": error: " + issue.text);
  }
}

Error Usage(std::string text) { return MakeError(ErrorKind::kInvalid, "usage", std::move(text)); }

void Say(std::string_view sentence) {
  const std::string line = ShownLine(sentence) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void PrintText(std::string_view text) { Print(ShownLines(text)); }

void Print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

int CouldNotRun(const Error& error) {
  if (error.issues.empty()) {
    Say("throughline: " + error.message);
  } else {
    PrintIssues(error.issues, "throughline");
  }
  return kCouldNotRun;
}

}  // namespace throughline::app
