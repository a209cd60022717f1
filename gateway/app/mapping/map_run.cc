#include <cstdio>
#include <utility>

#include "gateway/app/command.h"
#include "gateway/app/compose.h"
#include "gateway/app/mapping/run.h"
#include "gateway/app/packages.h"

namespace throughline::app {
int MapRun(const Invocation& invocation) {
  const std::string to = invocation.Value("to");
  if (invocation.arguments.empty() || invocation.arguments.size() > 2 || (to != "fhir" && to != "local")) {
    return CouldNotRun(Usage("say: throughline map run MAP --to fhir|local [FILE|-]"));
  }
  const auto given = invocation.options.find("package");
  const auto loaded = OpenForMaps(given == invocation.options.end() ? std::vector<std::string>() : given->second);
  if (!loaded) return CouldNotRun(loaded.error());
  auto map = LoadMapFile(invocation.arguments.front(), (*loaded)->definitions());
  if (!map) return CouldNotRun(map.error());
  auto stored = StoredResources::Load(invocation.Value("onto"), *map);
  if (!stored) return CouldNotRun(stored.error());
  if (stored->several() > 0) {
    std::fprintf(stderr, "%s: %zu resources stand there several times, and not the same: the newest is taken\n",
                 invocation.Value("onto").c_str(), stored->several());
  }
  auto ledger = LedgerFile::Open(invocation.Value("ledger"));
  if (!ledger) return CouldNotRun(ledger.error());
  Run run{*map, invocation.arguments.size() > 1 ? invocation.arguments[1] : "-", *ledger, *std::move(stored)};
  auto ran = to == "fhir" ? RunToFhir(run) : RunToLocal(run);
  const bool flushed = std::fflush(stdout) == 0;
  if (auto written = ledger->Finish(); !written) return CouldNotRun(written.error());
  if (!ran) return CouldNotRun(ran.error());
  if (!flushed) return CouldNotRun(MakeError(ErrorKind::kUnavailable, "output", "standard output cannot be written"));
  return run.quarantined ? kFindings : kFine;
}

}  // namespace throughline::app
