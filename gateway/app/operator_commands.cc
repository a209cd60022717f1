#include <array>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "certs/secret_file.h"
#include "fhir/json/write.h"
#include "gateway/app/compose.h"
#include "gateway/app/files.h"
#include "gateway/app/operator.h"
#include "gateway/interactions/write_resource.h"
#include "gateway/local/intake.h"
#include "gateway/local/quarantine.h"
#include "gateway/store/verify.h"

namespace throughline::app {
namespace {

namespace fs = std::filesystem;

// Files of an installation beside its database: without them ids and open searches would change.
constexpr std::array<std::string_view, 2> kKeyFiles = {"ids.key", "cursors.key"};

constexpr std::string_view kOutdated =
    "the search index was made with other packages or by another version of the program, so its rows were not "
    "compared; "
    "it is made anew when the gateway starts\n";

std::string Argument(std::string_view name, std::string_view text) {
  std::string out = "{";
  json::WriteString(name, out);
  out += ':';
  json::WriteString(text, out);
  return out + "}";
}

Result<void> PutOnRecord(Gateway& gateway, std::string_view command) {
  const consent::Requester requester = gateway.Operator();
  return interactions::Record(gateway.interactions(), requester,
                              interactions::RowFor(requester, audit::Kind::kOperator, std::string(command)));
}

Result<OperatorAnswer> RunImport(Gateway& gateway, const json::Value& arguments) {
  const std::string path(arguments.Get("file").text());
  auto file = InputFile::Open(path);
  if (!file) return std::move(file).error();
  local::IntakeRequest request;
  request.map = arguments.Get("map").text();
  const auto maps = gateway.maps().Current();
  if (const plan::Map* map = maps->Find(request.map); map != nullptr) request.syntax = map->format().syntax;
  if (path.ends_with(".ndjson")) request.syntax = formats::Syntax::kNdjson;
  request.form = local::AnswerForm::kLines;
  OperatorAnswer answer;
  auto summary = local::TakeIn(
      gateway.local(), gateway.Operator(), request, [&](std::span<char> room) { return file->Read(room); },
      [&](std::string_view line) -> Result<void> {
        if (!line.starts_with(R"({"index")") || line.find(R"("outcome":"quarantined")") != std::string_view::npos) {
          answer.output += line;
        }
        return {};
      });
  if (!summary) return std::move(summary).error();
  answer.code = summary->quarantined > 0 ? kFindings : kFine;
  return answer;
}

Result<OperatorAnswer> RunQuarantineList(Gateway& gateway, const json::Value&) {
  auto rows = local::ListQuarantine(gateway.local());
  if (!rows) return std::move(rows).error();
  OperatorAnswer answer;
  for (const local::QuarantineRow& row : *rows) {
    answer.output += row.record + "  " + row.received + "  " + row.map + "  " + row.client + "\n";
  }
  return answer;
}

Result<OperatorAnswer> RunQuarantineShow(Gateway& gateway, const json::Value& arguments) {
  auto shown = local::ShowQuarantined(gateway.local(), gateway.Operator(), arguments.Get("id").text());
  if (!shown) return std::move(shown).error();
  return OperatorAnswer{kFine, *shown + "\n"};
}

// The records to be tried: those named, or all.
Result<std::vector<std::string>> RecordsToReplay(Gateway& gateway, const json::Value& named) {
  std::vector<std::string> ids;
  for (const json::Value& id : named.items()) ids.emplace_back(id.text());
  if (!ids.empty()) return ids;
  auto rows = local::ListQuarantine(gateway.local());
  if (!rows) return std::move(rows).error();
  for (local::QuarantineRow& row : *rows) ids.push_back(std::move(row.record));
  return ids;
}

Result<OperatorAnswer> RunQuarantineReplay(Gateway& gateway, const json::Value& arguments) {
  auto ids = RecordsToReplay(gateway, arguments.Get("ids"));
  if (!ids) return std::move(ids).error();
  std::optional<std::string> corrected;
  if (const json::Value* with = arguments.Find("with"); with != nullptr) corrected = std::string(with->text());
  OperatorAnswer answer;
  for (const std::string& id : *ids) {
    auto line = local::Replay(gateway.local(), gateway.Operator(), id, corrected);
    if (!line) return std::move(line).error();
    if (line->find(R"("outcome":"quarantined")") != std::string::npos) answer.code = kFindings;
    answer.output += *line + "\n";
  }
  return answer;
}

Result<OperatorAnswer> RunVerify(Gateway& gateway, const json::Value& arguments) {
  if (auto recorded = PutOnRecord(gateway, "verify"); !recorded) return std::move(recorded).error();
  auto report = gateway.store().Verify(arguments.Get("deep").boolean() ? &gateway.interactions().drafter : nullptr);
  if (!report) return std::move(report).error();
  OperatorAnswer answer;
  for (const store::Finding& finding : report->findings) {
    answer.output += finding.place + ": " + finding.rule + "\n";
    if (finding.rule == "index-outdated") answer.output += kOutdated;
  }
  answer.output += std::to_string(report->resources) + " resources, " + std::to_string(report->versions) +
                   " versions, " + std::to_string(report->index_rows) + " index rows, " +
                   std::to_string(report->audit.rows) + " audit rows: " + std::to_string(report->finding_count) +
                   " findings\n";
  answer.code = report->finding_count > 0 ? kFindings : kFine;
  return answer;
}

Result<OperatorAnswer> RunBackup(Gateway& gateway, const json::Value& arguments) {
  const fs::path folder(std::string(arguments.Get("directory").text()));
  if (auto recorded = PutOnRecord(gateway, "backup"); !recorded) return std::move(recorded).error();
  if (auto done = gateway.store().Backup(folder.string()); !done) return std::move(done).error();
  for (const std::string_view name : kKeyFiles) {
    auto key = certs::ReadSecretFile((fs::path(gateway.folder()) / name).string());
    if (!key) return std::move(key).error();
    if (auto kept = certs::WriteSecretFile((folder / name).string(), *key); !kept) return std::move(kept).error();
  }
  return OperatorAnswer{kFine, "backed up to " + folder.string() + "\n"};
}

constexpr std::array kRows = {
    OperatorRow{"import", RunImport, true},
    OperatorRow{"quarantine list", RunQuarantineList},
    OperatorRow{"quarantine show", RunQuarantineShow},
    OperatorRow{"quarantine replay", RunQuarantineReplay, true},
    OperatorRow{"verify", RunVerify},
    OperatorRow{"backup", RunBackup},
};

}  // namespace

std::span<const OperatorRow> OperatorCommands() { return kRows; }

int Import(const Invocation& invocation) {
  if (invocation.arguments.size() != 1 || !invocation.Has("map")) {
    return CouldNotRun(Usage("say: throughline import --map MAP FILE --config FILE"));
  }
  std::error_code wrong;
  const fs::path path = fs::absolute(invocation.arguments.front(), wrong);
  std::string arguments = R"({"map":)";
  json::WriteString(invocation.Value("map"), arguments);
  arguments += R"(,"file":)";
  json::WriteString(path.string(), arguments);
  return RunAsOperator(invocation, "import", arguments + "}");
}

int QuarantineList(const Invocation& invocation) { return RunAsOperator(invocation, "quarantine list", "{}"); }

int QuarantineShow(const Invocation& invocation) {
  if (invocation.arguments.size() != 1) return CouldNotRun(Usage("say: throughline quarantine show ID --config FILE"));
  return RunAsOperator(invocation, "quarantine show", Argument("id", invocation.arguments.front()));
}

int QuarantineReplay(const Invocation& invocation) {
  std::string arguments = R"({"ids":[)";
  for (const std::string& id : invocation.arguments) {
    if (arguments.back() != '[') arguments += ',';
    json::WriteString(id, arguments);
  }
  arguments += ']';
  if (invocation.Has("with")) {
    if (invocation.arguments.size() != 1) return CouldNotRun(Usage("--with puts one record right: name its ID"));
    auto corrected = ReadFile(invocation.Value("with"));
    if (!corrected) return CouldNotRun(corrected.error());
    arguments += R"(,"with":)";
    json::WriteString(*corrected, arguments);
  }
  return RunAsOperator(invocation, "quarantine replay", arguments + "}");
}

int Verify(const Invocation& invocation) {
  return RunAsOperator(invocation, "verify", invocation.Has("deep") ? R"({"deep":true})" : "{}");
}

int Backup(const Invocation& invocation) {
  if (invocation.arguments.size() != 1) return CouldNotRun(Usage("say: throughline backup DIR --config FILE"));
  std::error_code wrong;
  return RunAsOperator(invocation, "backup",
                       Argument("directory", fs::absolute(invocation.arguments.front(), wrong).string()));
}

int Restore(const Invocation& invocation) {
  if (invocation.arguments.size() != 1) return CouldNotRun(Usage("say: throughline restore DIR --config FILE"));
  auto config = LoadConfig(invocation.Value("config"));
  if (!config) return CouldNotRun(config.error());
  const fs::path backup(invocation.arguments.front());
  if (auto done = store::Store::Restore(backup.string(), config->store_path); !done) return CouldNotRun(done.error());
  for (const std::string_view name : kKeyFiles) {
    auto key = certs::ReadSecretFile((backup / name).string());
    if (!key) return CouldNotRun(key.error());
    if (auto kept = certs::WriteSecretFile((fs::path(config->store_path) / name).string(), *key); !kept) {
      return CouldNotRun(kept.error());
    }
  }
  std::printf("restored to %s; `throughline verify --deep` checks it\n", config->store_path.c_str());
  return kFine;
}

}  // namespace throughline::app
