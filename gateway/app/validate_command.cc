#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/locate.h"
#include "fhir/json/parse.h"
#include "fhir/path/reference_text.h"
#include "fhir/validate/profiles.h"
#include "fhir/validate/validate.h"
#include "gateway/app/batch/input.h"
#include "gateway/app/batch/ordered_work.h"
#include "gateway/app/batch/progress.h"
#include "gateway/app/batch/report.h"
#include "gateway/app/command.h"
#include "gateway/app/files.h"
#include "gateway/app/support.h"

namespace throughline::app {
namespace {

constexpr std::size_t kHeldReports = 32u << 20;  // of text that was read and not yet reported
constexpr std::size_t kMostIssues = 10'000;      // errors of one resource, and as many warnings

// What a run checks by; the same for all threads.
struct Rules {
  Support& support;
  validate::Profiles plans;
  ReportFormat format;
  const std::vector<BatchFile>& files;
};

struct PieceReport {
  std::vector<ReportLine> lines;
  Counts counts;
};

// "offset 12" of `text` as "line:column".
std::string PlaceOf(std::string_view text, std::string_view location, std::size_t first_line) {
  const json::Position position = json::PositionAt(text, json::OffsetOf(location).value_or(0));
  return std::to_string(position.line + first_line - 1) + ":" + std::to_string(position.column);
}

json::Limits FileLimits() {
  json::Limits limits;
  limits.nodes = 50'000'000;
  limits.items_per_array = 5'000'000;
  return limits;
}

// Checks the resources of one piece after another; one for each thread.
class Checker {
 public:
  explicit Checker(const Rules& rules) : rules_(&rules) {}

  PieceReport operator()(const Piece& piece) {
    PieceReport report;
    if (piece.too_long) {
      Report(piece.file, piece.first_line, {}, TooLong(), report);
    } else if (!piece.lines) {
      CheckText(piece.file, 1, piece.text, report);
    } else {
      CheckLines(piece, report);
    }
    return report;
  }

 private:
  void CheckLines(const Piece& piece, PieceReport& report) {
    std::string_view rest = piece.text;
    for (std::size_t line = piece.first_line; !rest.empty(); ++line) {
      const std::string_view text = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(text.size() + 1, rest.size()));
      if (text.find_first_not_of(" \t\r") != std::string_view::npos) CheckText(piece.file, line, text, report);
    }
  }

  void CheckText(std::size_t file, std::size_t line, std::string_view text, PieceReport& report) {
    arena_.Reset();
    const auto resource = json::Parse(text, arena_, limits_);
    if (!resource) {
      Issues issues = resource.error().issues;
      for (Issue& issue : issues) issue.location = PlaceOf(text, issue.location, line);
      return Report(file, line, {}, issues, report);
    }
    validate::Options options;
    options.resolver = &rules_->support;
    options.profiles = rules_->support.profiles();
    options.profile_plans = &rules_->plans;
    options.issues = kMostIssues;
    options.now = std::chrono::time_point_cast<Instant::duration>(std::chrono::system_clock::now());
    Issues issues = validate::Check(*resource, rules_->support.definitions(), options);
    validate::AddLines(issues, text, line);
    const std::string_view id = resource->Get("id").text();
    Report(file, line, path::IsId(id) ? id : std::string_view(), issues, report);
  }

  void Report(std::size_t file, std::size_t line, std::string_view id, const Issues& issues, PieceReport& report) {
    AddToReport(rules_->format, {rules_->files[file].path, line, id, issues}, report.lines, report.counts);
  }

  static Issues TooLong() {
    return MakeError(ErrorKind::kTooLong, "json-too-long", "This is longer than 256 MiB and was not read: split it.")
        .issues;
  }

  const Rules* rules_;
  json::Limits limits_ = FileLimits();
  json::Arena arena_;
};

// Reads the files and has their pieces checked; `unread` counts files that could not be read to their end.
class ValidationRun {
 public:
  explicit ValidationRun(const Rules& rules)
      : rules_(rules),
        bar_(std::accumulate(rules.files.begin(), rules.files.end(), std::uint64_t{0},
                             [](std::uint64_t sum, const BatchFile& file) { return sum + file.bytes; })) {}

  int Go() {
    std::vector<Checker> checkers;
    for (unsigned i = std::max(1U, std::thread::hardware_concurrency()); i > 0; --i) checkers.emplace_back(rules_);
    const auto emit = [this](const PieceReport& report) { return printer_.Print(report.lines, report.counts); };
    bool printed = false;
    {
      OrderedWork<Piece, PieceReport, Checker, const decltype(emit)> work(checkers, emit, kHeldReports);
      for (std::size_t file = 0; file < rules_.files.size(); ++file) {
        if (!ReadOne(file, work)) break;
      }
      printed = work.Finish();
    }
    bar_.Clear();
    if (std::fflush(stdout) != 0 || !printed) return kCouldNotRun;  // main() says so
    const std::string summary = printer_.Summary(rules_.files.size());
    std::fwrite(summary.data(), 1, summary.size(), rules_.format == ReportFormat::kText ? stdout : stderr);
    if (unread_ > 0) return kCouldNotRun;
    return printer_.counts().invalid == 0 ? kFine : kFindings;
  }

 private:
  // False: nobody takes the results any more.
  template <typename Work>
  bool ReadOne(std::size_t file, Work& work) {
    auto input = InputFile::Open(rules_.files[file].path);
    if (!input) return Unread(input.error());
    PieceReader reader(*std::move(input), file, rules_.files[file].path);
    for (;;) {
      auto piece = reader.Next();
      if (!piece) return Unread(piece.error());
      bar_.Show(bytes_ + reader.bytes_read());
      if (!*piece) break;
      const std::size_t bytes = (*piece)->text.size();
      if (!work.Push(**std::move(piece), bytes)) return false;
    }
    bytes_ += reader.bytes_read();
    return true;
  }

  bool Unread(const Error& error) {
    bar_.Clear();
    CouldNotRun(error);
    ++unread_;
    return true;
  }

  const Rules& rules_;
  ReportPrinter printer_;
  ProgressBar bar_;
  std::uint64_t bytes_ = 0;
  std::size_t unread_ = 0;
};

std::vector<std::string> Values(const Invocation& invocation, const std::string& option) {
  const auto found = invocation.options.find(option);
  return found == invocation.options.end() ? std::vector<std::string>() : found->second;
}

}  // namespace

int Validate(const Invocation& invocation) {
  const std::string format = invocation.Value("format", "text");
  if (invocation.arguments.empty() || (format != "text" && format != "json")) {
    return CouldNotRun(
        Usage("say: throughline validate FILE|DIR... [--profile URL|FILE] [--support FILE|DIR] [--package TGZ] "
              "[--format text|json]"));
  }
  auto files = ListFiles(invocation.arguments);
  if (!files) return CouldNotRun(files.error());
  auto support =
      Support::Load({Values(invocation, "package"), Values(invocation, "support"), Values(invocation, "profile")});
  if (!support) return CouldNotRun(support.error());
  for (const std::string& sentence : (*support)->passed_over()) Say(sentence);
  const Rules rules{**support, validate::Profiles((*support)->definitions()),
                    format == "json" ? ReportFormat::kJson : ReportFormat::kText, *files};
  return ValidationRun(rules).Go();
}

}  // namespace throughline::app
