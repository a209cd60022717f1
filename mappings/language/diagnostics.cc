#include "mappings/language/diagnostics.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"

namespace throughline::language {
namespace {

constexpr std::size_t kMaxFindings = 1000;
constexpr std::size_t kMaxFindingsIn = 100;
constexpr std::uint32_t kBehindTheMaps =
    std::numeric_limits<std::uint32_t>::max();  // findings in other files come last, file by file
constexpr std::size_t kMaxLine = 160;

std::string_view LineOf(std::string_view text, std::size_t line) {
  for (; line > 1; --line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  std::string_view found = text.substr(0, text.find('\n'));
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

// The piece of a line around byte `at` that is shown; `at` becomes the place in it.
std::string_view PieceOf(std::string_view line, std::size_t& at) {
  const bool whole = line.size() <= kMaxLine || at < kMaxLine / 2;
  const std::size_t start = whole ? 0 : std::min(at, line.size()) - kMaxLine / 2;
  at -= start;
  std::string_view piece = line.substr(start, kMaxLine);
  // A cut may fall inside a character; a line that is no text is not shown.
  const auto inside = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; };
  for (; start > 0 && !piece.empty() && inside(piece.front()); --at) piece.remove_prefix(1);
  for (int tries = 0; tries < 4 && !piece.empty() && !IsPlainText(piece); ++tries) piece.remove_suffix(1);
  return IsPlainText(piece) ? piece : std::string_view();
}

std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

Issue Shown(std::string_view file, std::string_view source, Severity severity, std::string_view rule, Mark mark,
            std::size_t width, std::string text) {
  Issue issue;
  issue.severity = severity;
  issue.type = IssueType::kInvalid;
  issue.rule = rule;
  issue.location = std::string(file) + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column);
  issue.text = std::move(text);
  std::size_t caret = mark.column > 0 ? mark.column - 1 : 0;
  const std::string_view line = PieceOf(LineOf(source, mark.line), caret);
  if (line.empty()) return issue;
  const std::string number = std::to_string(mark.line);
  if (width == 0) width = line.size();
  issue.text += "\n  " + number + " | " + std::string(line);
  issue.text += "\n  " + std::string(number.size(), ' ') + " | " + std::string(std::min(caret, line.size()), ' ');
  issue.text += std::string(std::clamp<std::size_t>(width, 1, kMaxLine), '^');
  return issue;
}

}  // namespace

Issue Diagnostics::Make(Severity severity, std::string_view rule, Mark mark, std::size_t width,
                        std::string text) const {
  const File& file = files_.at(mark.file);
  return Shown(file.name, file.text, severity, rule, mark, width, std::move(text));
}

bool Diagnostics::full() const { return errors_.size() >= kMaxFindings; }

void Diagnostics::Error(std::string_view rule, Mark mark, std::size_t width, std::string text) {
  if (errors_.size() >= kMaxFindings) return;
  errors_.push_back({mark, Make(Severity::kError, rule, mark, width, std::move(text))});
}

void Diagnostics::Warning(std::string_view rule, Mark mark, std::size_t width, std::string text) {
  if (warnings_.size() >= kMaxFindings) return;
  warnings_.push_back({mark, {}, Make(Severity::kWarning, rule, mark, width, std::move(text))});
}

std::string_view Diagnostics::AddSource(std::string file, std::string text) {
  sources_.push_back(std::make_unique<Source>(Source{std::move(file), std::move(text), 0}));
  return sources_.back()->text;
}

std::string_view Diagnostics::SourceOf(std::string_view file) const {
  const auto found = std::ranges::find_if(sources_, [&](const auto& source) { return source->file == file; });
  return found == sources_.end() ? std::string_view() : (*found)->text;
}

bool Diagnostics::HasRoomIn(std::string_view file) const {
  const auto found = std::ranges::find_if(sources_, [&](const auto& source) { return source->file == file; });
  return found == sources_.end() || (*found)->findings < kMaxFindingsIn;
}

bool Diagnostics::HasRoom(std::string_view file, Mark& order, std::size_t line) {
  const auto found = std::ranges::find_if(sources_, [&](const auto& source) { return source->file == file; });
  order = {static_cast<std::size_t>(found - sources_.begin()), line, kBehindTheMaps};
  return found == sources_.end() || ++(*found)->findings <= kMaxFindingsIn;
}

void Diagnostics::ErrorIn(std::string_view file, Mark mark, std::size_t width, std::string_view rule,
                          std::string text) {
  Mark order;
  if (errors_.size() >= kMaxFindings || !HasRoom(file, order, mark.line)) return;
  errors_.push_back({order, Shown(file, SourceOf(file), Severity::kError, rule, mark, width, std::move(text))});
}

void Diagnostics::WarningIn(std::string_view file, Mark mark, std::size_t width, std::string_view rule,
                            std::string text) {
  Mark order;
  if (warnings_.size() >= kMaxFindings || !HasRoom(file, order, mark.line)) return;
  warnings_.push_back(
      {mark, std::string(file), Shown(file, SourceOf(file), Severity::kWarning, rule, mark, width, std::move(text))});
}

Issues Diagnostics::TakeErrors() {
  std::ranges::stable_sort(errors_, {}, [](const Placed& placed) {
    return std::tuple(placed.mark.file, placed.mark.line, placed.mark.column);
  });
  Issues issues;
  for (Placed& placed : errors_) issues.push_back(std::move(placed.issue));
  errors_.clear();
  return issues;
}

Issues Diagnostics::TakeWarnings() {
  Issues issues;
  for (PlacedWarning& warning : warnings_) issues.push_back(std::move(warning.issue));
  warnings_.clear();
  return issues;
}

std::size_t Diagnostics::TakeAway(std::string_view rule, const IsThere& there) {
  return std::erase_if(warnings_, [&](const PlacedWarning& warning) {
    return warning.issue.rule == rule && there(warning.mark, warning.file);
  });
}

bool IsPlainText(std::string_view text) {
  std::string quoted;
  json::WriteString(text, quoted);
  return static_cast<bool>(json::ParseDocument(quoted));
}

std::string DidYouMean(std::string_view written, std::span<const std::string_view> names) {
  constexpr std::size_t kLongest = 100;
  constexpr std::size_t kMostNames = 2000;
  if (names.size() > kMostNames) return "";
  std::string_view nearest;
  std::size_t best = written.size() / 3 + 2;
  for (const std::string_view name : names) {
    if (name.size() > kLongest || written.size() > kLongest) continue;
    const std::size_t distance = Distance(written, name);
    if (distance < best) {
      best = distance;
      nearest = name;
    }
  }
  return nearest.empty() ? "" : "; did you mean '" + std::string(nearest) + "'?";
}

std::string WhyUnread(const throughline::Error& error) {
  return error.kind == ErrorKind::kNotFound ? "" : ": " + error.message;
}

}  // namespace throughline::language
