#include <cstdio>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gateway/app/command.h"
#include "gateway/app/compose.h"
#include "gateway/app/mapping/run.h"
#include "gateway/app/packages.h"
#include "mappings/plan/plan.h"

namespace throughline::app {
namespace {

std::vector<std::string> Packages(const Invocation& invocation) {
  const auto given = invocation.options.find("package");
  return given == invocation.options.end() ? std::vector<std::string>() : given->second;
}

std::string InputOf(const Invocation& invocation) {
  return invocation.arguments.size() > 1 ? invocation.arguments[1] : "-";
}

// `read`: more files that the run reads than its words name.
Result<void> CheckLedger(const Invocation& invocation, std::span<const std::string> read) {
  const std::string ledger = invocation.Value("ledger");
  return ledger.empty() ? Result<void>() : CheckNotRead("--ledger", ledger, read);
}

// The files that the words of a run name. What of them is not there is found when it is read.
std::vector<std::string> FilesNamed(const Invocation& invocation) {
  std::vector<std::string> files = Packages(invocation);
  files.push_back(InputOf(invocation));
  files.push_back(MapPath(invocation.arguments.front()));
  const std::string onto = invocation.Value("onto");
  const auto stored = onto.empty() ? Result<std::vector<BatchFile>>(std::vector<BatchFile>()) : ListFiles({onto});
  if (!stored) return files;
  for (const BatchFile& file : *stored) files.push_back(file.path);
  return files;
}

}  // namespace

int MapRun(const Invocation& invocation) {
  const std::string to = invocation.Value("to");
  if (invocation.arguments.empty() || invocation.arguments.size() > 2 || (to != "fhir" && to != "local")) {
    return CouldNotRun(Usage("say: throughline map run MAP --to fhir|local [FILE|-]"));
  }
  if (auto free = CheckLedger(invocation, FilesNamed(invocation)); !free) return CouldNotRun(free.error());
  const auto loaded = OpenForMaps(Packages(invocation));
  if (!loaded) return CouldNotRun(loaded.error());
  auto map = LoadMapFile(invocation.arguments.front(), (*loaded)->definitions());
  if (!map) return CouldNotRun(map.error());
  if (auto free = CheckLedger(invocation, map->plan().files); !free) return CouldNotRun(free.error());
  auto stored = StoredResources::Load(invocation.Value("onto"), *map);
  if (!stored) return CouldNotRun(stored.error());
  if (stored->several() > 0) {
    Say(invocation.Value("onto") + ": " + std::to_string(stored->several()) +
        " resources stand there several times, and not the same: the newest is taken");
  }
  auto ledger = LedgerFile::Open(invocation.Value("ledger"));
  if (!ledger) return CouldNotRun(ledger.error());
  Run run{*map, InputOf(invocation), *ledger, *std::move(stored)};
  auto ran = to == "fhir" ? RunToFhir(run) : RunToLocal(run);
  if (auto written = ledger->Finish(); !written) return CouldNotRun(written.error());
  if (std::ferror(stdout) != 0) return kCouldNotRun;  // main() says so
  if (!ran) return CouldNotRun(ran.error());
  return run.quarantined ? kFindings : kFine;
}

}  // namespace throughline::app
