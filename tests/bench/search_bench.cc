// What to index: the rows of resources like those of a hospital, against one JSON parse of the same bytes.
#include <benchmark/benchmark.h>

#include <chrono>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/search/indexer.h"

namespace throughline::search {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

const std::vector<std::string>& Resources() {
  static const std::vector<std::string> kResources = {
      R"({"resourceType":"Patient","id":"p1","active":true,"identifier":[{"type":{"coding":[{"system":)"
      R"("http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}],"text":"Medical record number"},"system":)"
      R"("http://hospital.example.org","value":"12345"}],"name":[{"use":"official","family":"Chalmers","given":["Peter",)"
      R"("James"]}],"telecom":[{"system":"phone","value":"(03) 5555 6473"}],"gender":"male","birthDate":"1974-12-25",)"
      R"("address":[{"line":["534 Erewhon St"],"city":"PleasantVille","state":"Vic","postalCode":"3999"}]})",
      R"({"resourceType":"Observation","id":"o1","status":"final","category":[{"coding":[{"system":)"
      R"("http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital signs"}]}],)"
      R"("code":{"coding":[{"system":"http://loinc.org","code":"8480-6","display":"Systolic blood pressure"}],"text":)"
      R"("Systolic blood pressure"},"subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1"},)"
      R"("effectiveDateTime":"2024-05-01T10:00:00+02:00","issued":"2024-05-01T10:00:00.123+02:00","valueQuantity":)"
      R"({"value":120.5,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}})",
      R"({"resourceType":"Condition","id":"c1","clinicalStatus":{"coding":[{"system":)"
      R"("http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},"code":{"coding":[{"system":)"
      R"("http://snomed.info/sct","code":"370143000","display":"Major depressive disorder"}],"text":)"
      R"("Major depressive disorder"},"subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1"},)"
      R"("onsetDateTime":"2023-11","recordedDate":"2023-11-20T09:00:00Z"})",
  };
  return kResources;
}

void IndexResources(benchmark::State& state) {
  const Indexer indexer = Indexer::Make(definitions::R4());
  json::Arena arena(64u << 10);
  std::vector<IndexRow> rows;
  Seconds own{};
  Seconds peer{};
  std::size_t bytes = 0;
  std::size_t made = 0;
  for (const std::string& text : Resources()) indexer.Rows(json::ParseDocument(text)->root, rows);  // compiles
  for ([[maybe_unused]] auto _ : state) {
    Seconds round{};
    for (const std::string& text : Resources()) {
      arena.Reset();
      rows.clear();
      const auto start = Clock::now();
      const auto resource = json::Parse(text, arena);
      const auto middle = Clock::now();
      indexer.Rows(*resource, rows);
      round += Clock::now() - middle;
      peer += middle - start;
      bytes += text.size();
      made += rows.size();
    }
    own += round;
    state.SetIterationTime(round.count());
  }
  state.counters["own_rows_per_s"] = static_cast<double>(made) / own.count();
  state.counters["own_MB_per_s"] = static_cast<double>(bytes) / own.count() / 1e6;
  state.counters["peer_parsed_MB_per_s"] = static_cast<double>(bytes) / peer.count() / 1e6;
  state.counters["ratio"] = own / peer;  // parses of the same bytes that indexing costs
}
BENCHMARK(IndexResources)->Name("search.index")->UseManualTime();

}  // namespace
}  // namespace throughline::search
