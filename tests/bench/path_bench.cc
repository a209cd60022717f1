// FHIRPath: compiling every search expression of R4 against parsing 2 MB of JSON, and evaluating a compiled one. The
// npm peer of evaluation is run by bench.py, beside this program.
#include <benchmark/benchmark.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/path/expression.h"

namespace throughline::path {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::string_view kExpression = "Patient.name.where(use = 'official').given";
constexpr std::string_view kPatient =
    R"({"resourceType":"Patient","id":"p1","active":true,"name":[{"use":"official","family":"Chalmers","given":["Peter",)"
    R"("James"]},{"use":"usual","given":["Jim"]},{"use":"maiden","family":"Windsor","given":["Peter","James"],"period":)"
    R"({"end":"2002"}}],"gender":"male","birthDate":"1974-12-25"})";

// 2 MB of resources.
std::string Bundle() {
  std::string text = R"({"resourceType":"Bundle","entry":[)";
  while (text.size() < 2'000'000) {
    text += (text.ends_with('[') ? "" : ",");
    text += R"({"resource":)" + std::string(kPatient) + "}";
  }
  return text + "]}";
}

// Once each, though the rows have one for every type that a parameter is for.
std::vector<std::string> SearchExpressions() {
  std::set<std::string_view> seen;
  std::vector<std::string> all;
  const definitions::Definitions& definitions = definitions::R4();
  for (std::size_t i = 0; i < definitions.search_parameter_count(); ++i) {
    const definitions::SearchParameter row = definitions.search_parameter(i);
    if (!row.expression.empty() && seen.insert(row.url).second) all.emplace_back(row.expression);
  }
  return all;
}

void CompileSearchExpressions(benchmark::State& state) {
  const std::vector<std::string> expressions = SearchExpressions();
  const std::string text = Bundle();
  json::Arena arena(64u << 10);
  Seconds own{};
  Seconds peer{};
  for ([[maybe_unused]] auto _ : state) {
    const auto start = Clock::now();
    for (const std::string& row : expressions) {
      benchmark::DoNotOptimize(Compile(row, definitions::R4(), {.published = true}));
    }
    const auto middle = Clock::now();
    arena.Reset();
    benchmark::DoNotOptimize(json::Parse(text, arena));
    peer += Clock::now() - middle;
    own += middle - start;
    state.SetIterationTime(Seconds(middle - start).count());
  }
  const auto rounds = static_cast<double>(state.iterations());
  state.counters["own_expressions_per_s"] = static_cast<double>(expressions.size()) * rounds / own.count();
  state.counters["peer_parses_of_2_MB_per_s"] = rounds / peer.count();
  state.counters["ratio"] = peer / own;  // 1: all expressions in the time of one parse
}

// The ratio is against the same expression compiled anew each time.
void EvaluateCompiled(benchmark::State& state) {
  const Result<json::Document> patient = json::ParseDocument(kPatient);
  const Item focus = ResourceItem(definitions::R4(), patient->root);
  const CompileOptions options{.context_type = "Patient"};
  const Result<Expression> expression = Compile(kExpression, definitions::R4(), options);
  Environment environment;
  Seconds own{};
  Seconds peer{};
  constexpr int kTimes = 100;
  for ([[maybe_unused]] auto _ : state) {
    const auto start = Clock::now();
    for (int i = 0; i < kTimes; ++i) {
      environment.arena.Reset();
      benchmark::DoNotOptimize(Evaluate(*expression, focus, environment));
    }
    const auto middle = Clock::now();
    for (int i = 0; i < kTimes; ++i) {
      environment.arena.Reset();
      benchmark::DoNotOptimize(Evaluate(*Compile(kExpression, definitions::R4(), options), focus, environment));
    }
    peer += Clock::now() - middle;
    own += middle - start;
    state.SetIterationTime(Seconds(middle - start).count());
  }
  const double evaluations = static_cast<double>(state.iterations()) * kTimes;
  state.counters["own_evaluations_per_s"] = evaluations / own.count();
  state.counters["peer_compiled_each_time_per_s"] = evaluations / peer.count();
  state.counters["ratio"] = peer / own;
}

BENCHMARK(CompileSearchExpressions)->Name("path.compile/search_expressions")->UseManualTime();
BENCHMARK(EvaluateCompiled)->Name("path.evaluate/official_name")->UseManualTime();

}  // namespace
}  // namespace throughline::path
