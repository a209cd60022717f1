// Validation with all constraints, against one JSON parse of the same bytes. The resources are those of the folder
// THROUGHLINE_NDJSON (files of a resource a line), else the valid ones of tests/cases/validate/mutations.json. npm
// peers are run by bench.py, beside this program.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "fhir/validate/validate.h"

namespace throughline::validate {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void AddLines(const std::string& text, std::vector<std::string>& lines) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (end > at) lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
}

std::vector<std::string> Lines() {
  std::vector<std::string> lines;
  if (const char* const folder = std::getenv("THROUGHLINE_NDJSON")) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".ndjson") AddLines(ReadFile(entry.path()), lines);
    }
    return lines;
  }
  const auto table =
      json::ParseDocument(ReadFile(std::string(THROUGHLINE_SOURCE_DIR) + "/tests/cases/validate/mutations.json"));
  if (!table) return lines;
  for (const json::Member& resource : table->root.Get("resources").members()) {
    lines.push_back(json::ToString(resource.value));
  }
  return lines;
}

void Validate(benchmark::State& state) {
  const std::vector<std::string> lines = Lines();
  json::Arena arena(1u << 20);
  Seconds own{};
  Seconds peer{};
  for ([[maybe_unused]] auto _ : state) {
    const Seconds before = own;
    for (const std::string& line : lines) {
      arena.Reset();
      const auto start = Clock::now();
      const Result<json::Value> resource = json::Parse(line, arena);
      const auto middle = Clock::now();
      benchmark::DoNotOptimize(Check(*resource, definitions::R4()));
      own += Clock::now() - middle;
      peer += middle - start;
    }
    state.SetIterationTime((own - before).count());
  }
  const double count = static_cast<double>(lines.size()) * static_cast<double>(state.iterations());
  state.counters["own_resources_per_s"] = count / own.count();
  state.counters["peer_JSON_parses_per_s"] = count / peer.count();
  state.counters["ratio"] = peer / own;  // 0.17: six times the cost of the parse
}

BENCHMARK(Validate)->Name("validate.resources")->UseManualTime();

}  // namespace
}  // namespace throughline::validate
