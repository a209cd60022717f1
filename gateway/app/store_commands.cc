#include <cstdio>
#include <string>
#include <utility>

#include "gateway/app/command.h"
#include "gateway/app/compose.h"
#include "gateway/app/files.h"
#include "gateway/local/intake.h"
#include "gateway/store/verify.h"

namespace throughline::app {
namespace {

Error Usage(std::string text) { return MakeError(ErrorKind::kInvalid, "usage", std::move(text)); }

// Runs `work` on the store of the command's config.
template <typename WorkOnGateway>
int WithGateway(const Invocation& invocation, WorkOnGateway work) {
  auto config = LoadConfig(invocation.Value("config"));
  if (!config) return CouldNotRun(config.error());
  auto gateway = Gateway::Open(*config);
  if (!gateway) return CouldNotRun(gateway.error());
  return work(**gateway);
}

Result<void> Print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size()) return {};
  return MakeError(ErrorKind::kUnavailable, "output", "standard output cannot be written");
}

}  // namespace

int Import(const Invocation& invocation) {
  if (invocation.arguments.size() != 1 || !invocation.Has("map")) {
    return CouldNotRun(Usage("say: throughline import --map MAP FILE --config FILE"));
  }
  return WithGateway(invocation, [&](Gateway& gateway) {
    auto file = InputFile::Open(invocation.arguments.front());
    if (!file) return CouldNotRun(file.error());
    const std::string name = invocation.Value("map");
    const auto maps = gateway.maps().Current();
    const engine::Map* map = maps->Find(name);
    local::IntakeRequest request;
    request.map = name;
    request.syntax = map == nullptr ? formats::Syntax::kJson : map->format().syntax;
    if (invocation.arguments.front().ends_with(".ndjson")) request.syntax = formats::Syntax::kNdjson;
    request.form = local::AnswerForm::kLines;
    auto summary = local::TakeIn(
        gateway.local(), gateway.Operator(), request, [&](std::span<char> room) { return file->Read(room); }, Print);
    if (!summary) return CouldNotRun(summary.error());
    return summary->quarantined > 0 ? kFindings : kFine;
  });
}

int Verify(const Invocation& invocation) {
  return WithGateway(invocation, [&](Gateway& gateway) {
    auto report = gateway.store().Verify(invocation.Has("deep") ? &gateway.indexer() : nullptr);
    if (!report) return CouldNotRun(report.error());
    for (const store::Finding& finding : report->findings) {
      std::printf("%s: %s\n", finding.place.c_str(), finding.rule.c_str());
    }
    std::printf("%llu resources, %llu versions, %llu index rows, %llu audit rows: %llu findings\n",
                static_cast<unsigned long long>(report->resources), static_cast<unsigned long long>(report->versions),
                static_cast<unsigned long long>(report->index_rows),
                static_cast<unsigned long long>(report->audit.rows),
                static_cast<unsigned long long>(report->finding_count));
    return report->finding_count > 0 ? kFindings : kFine;
  });
}

int Backup(const Invocation& invocation) {
  if (invocation.arguments.size() != 1) return CouldNotRun(Usage("say: throughline backup DIR --config FILE"));
  return WithGateway(invocation, [&](Gateway& gateway) {
    auto done = gateway.store().Backup(invocation.arguments.front());
    if (!done) return CouldNotRun(done.error());
    std::printf("backed up to %s\n", invocation.arguments.front().c_str());
    return kFine;
  });
}

int Restore(const Invocation& invocation) {
  if (invocation.arguments.size() != 1) return CouldNotRun(Usage("say: throughline restore DIR --config FILE"));
  auto config = LoadConfig(invocation.Value("config"));
  if (!config) return CouldNotRun(config.error());
  if (auto done = store::Store::Restore(invocation.arguments.front(), config->store_path); !done) {
    return CouldNotRun(done.error());
  }
  std::printf("restored to %s; `throughline verify --deep` checks it\n", config->store_path.c_str());
  return kFine;
}

}  // namespace throughline::app
