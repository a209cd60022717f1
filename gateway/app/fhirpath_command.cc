#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <utility>

#include "fhir/answers/answers.h"
#include "fhir/answers/explain.h"
#include "fhir/json/parse.h"
#include "fhir/terminology/terminology.h"
#include "fhir/validate/conformance.h"
#include "gateway/app/command.h"
#include "gateway/app/files.h"

namespace throughline::app {
namespace {

constexpr std::size_t kWrittenAtOnce = 1u << 16;

// What evaluations may look at.
struct Outside {
  terminology::Terminology terminology{definitions::R4()};
  validate::Conformance conformance{definitions::R4()};
};

answers::World WorldOf(Outside& outside) {
  return {
      .definitions = definitions::R4(),
      .terminology = &outside.terminology,
      .conformance = &outside.conformance,
      .now = std::chrono::time_point_cast<Instant::duration>(std::chrono::system_clock::now()),
      .read_file = [](const std::string& path) { return ReadPlainFile(path); },
  };
}

int UsageError(const char* reason) {
  std::fprintf(stderr, "throughline fhirpath: %s; `throughline fhirpath --help` says more\n", reason);
  return kCouldNotRun;
}

// False: standard output takes no more, as main() says.
bool Flush(std::string& out) {
  const bool written = std::fwrite(out.data(), 1, out.size(), stdout) == out.size() && std::fflush(stdout) == 0;
  out.clear();
  return written;
}

int AnswerBatch(const Invocation& invocation) {
  if (invocation.arguments.size() > 1) return UsageError("one FILE, or none for standard input");
  auto file = InputFile::Open(invocation.arguments.empty() ? "-" : invocation.arguments.front());
  if (!file) return CouldNotRun(file.error());
  LineFile lines(*std::move(file));
  Outside outside;
  answers::Answerer answerer(WorldOf(outside));
  std::string out;
  for (std::string_view line;;) {
    if ((out.size() >= kWrittenAtOnce || lines.drained()) && !Flush(out)) return kCouldNotRun;
    const Result<bool> there = lines.Next(line);
    if (!there) return CouldNotRun(there.error());
    if (!*there) break;
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    answerer.AnswerLine(line, out);
    out += '\n';
  }
  return Flush(out) ? kFine : kCouldNotRun;
}

// The resource of the second argument, or of standard input when that is no terminal; null for no bytes at all.
int ReadResource(const Invocation& invocation, json::Document& resource) {
  const bool named = invocation.arguments.size() > 1;
  if (!named && ::isatty(STDIN_FILENO) != 0) return kFine;
  const std::string path = named ? invocation.arguments[1] : "-";
  const Result<std::string> bytes = ReadFile(path);
  if (!bytes) return CouldNotRun(bytes.error());
  if (!named && bytes->empty()) return kFine;
  Result<json::Document> document = json::ParseDocument(*bytes);
  if (!document) {
    PrintOffsets(document.error().issues, path);
    return kFindings;
  }
  resource = *std::move(document);
  return kFine;
}

path::Model ModelOf(const Invocation& invocation) {
  return invocation.Value("model", "r4") == "none" ? path::Model::kNone : path::Model::kR4;
}

int Explain(const Invocation& invocation) {
  std::string out;
  const bool good =
      answers::Explain(invocation.arguments.front(), definitions::R4(), {.model = ModelOf(invocation)}, out);
  if (!Flush(out)) return kCouldNotRun;
  return good ? kFine : kFindings;
}

int One(const Invocation& invocation) {
  if (invocation.arguments.empty()) return UsageError("an EXPRESSION is missing");
  if (invocation.arguments.size() > 2) return UsageError("one EXPRESSION and one FILE");
  if (invocation.Has("explain")) return Explain(invocation);
  json::Document resource;
  if (const int code = ReadResource(invocation, resource); code != kFine) return code;
  const std::string context = invocation.Value("context");
  Outside outside;
  answers::Answerer answerer(WorldOf(outside));
  std::string out;
  const bool good = answerer.Answer(
      {
          .expression = invocation.arguments.front(),
          .resource = resource.root,
          .model = ModelOf(invocation),
          .context = context,
      },
      out);
  out += '\n';
  if (!Flush(out)) return kCouldNotRun;
  return good ? kFine : kFindings;
}

}  // namespace

int Fhirpath(const Invocation& invocation) {
  const std::string model = invocation.Value("model", "r4");
  if (model != "r4" && model != "none") return UsageError("the model is r4 or none");
  return invocation.Has("batch") ? AnswerBatch(invocation) : One(invocation);
}

}  // namespace throughline::app
