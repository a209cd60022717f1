#include <algorithm>
#include <cstdio>
#include <string>

#include "gateway/app/command.h"

namespace throughline::app {

std::string Invocation::Value(const std::string& option, std::string_view fallback) const {
  const auto found = options.find(option);
  return found == options.end() || found->second.empty() ? std::string(fallback) : found->second.back();
}

void AppendIssues(const Issues& issues, std::string_view file, std::string& out) {
  for (const Issue& issue : issues) {
    std::string line(issue.location.empty() ? file : std::string_view(issue.location));
    if (!line.empty()) line += ": ";
    line += std::string(CodeOf(issue.severity)) + ": ";
    if (!issue.expression.empty()) line += issue.expression + ": ";
    const std::size_t end = std::min(issue.text.find('\n'), issue.text.size());  // behind it: the line and its mark
    line.append(issue.text, 0, end);
    if (!issue.rule.empty()) line += " [" + issue.rule + "]";
    line.append(issue.text, end);
    out.append(line).append("\n");
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
    const std::string line = std::string(file) + ":" + std::string(place) + ": error: " + issue.text;
    std::fprintf(stderr, "%s\n", line.c_str());
  }
}

Error Usage(std::string text) { return MakeError(ErrorKind::kInvalid, "usage", std::move(text)); }

void Print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

int CouldNotRun(const Error& error) {
  if (error.issues.empty()) {
    std::fprintf(stderr, "throughline: %s\n", error.message.c_str());
  } else {
    PrintIssues(error.issues, "throughline");
  }
  return kCouldNotRun;
}

}  // namespace throughline::app
