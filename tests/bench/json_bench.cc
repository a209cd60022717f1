// How far our reader and writer are from RapidJSON's own, doing less: its SAX reader with the same flags and a handler
// that keeps nothing, and its Writer into a StringBuffer. `ratio` is ours / theirs, measured in turns in the same run.
#include <benchmark/benchmark.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <chrono>
#include <string>
#include <string_view>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"

namespace throughline::json {
namespace {

constexpr unsigned kFlags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseFullPrecisionFlag;

std::string Activity(int number) {
  const std::string n = std::to_string(number);
  return R"({"outcomeReference":[{"reference":"Observation/outcome-)" + n +
         R"("}],"detail":{"kind":"ServiceRequest",)" +
         R"("code":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/service-type","code":"105",)" +
         R"("display":"Drug and/or Alcohol Counselling"}],"text":"Weekly group, \"relapse prevention\""},)" +
         R"("status":"in-progress","doNotPerform":false,"scheduledTiming":{"repeat":{"frequency":1,"period":1.50,)" +
         R"("periodUnit":"wk","boundsPeriod":{"start":"2025-02-03","end":"2025-05-0)" + n +
         R"("}}},"description":"Gruppe f\u00fcr R\u00fcckfallvorbeugung, 90 min"}})";
}

// About 3 kB, as a hospital's discharge becomes.
std::string CarePlan() {
  std::string out =
      R"({"resourceType":"CarePlan","id":"5f0c3b1e9a7d4c52","meta":{"versionId":"3",)"
      R"("lastUpdated":"2025-02-03T14:10:00.123Z","profile":["https://example.org/StructureDefinition/aftercare-plan"]},)"
      R"("identifier":[{"system":"urn:oid:1.2.36.1.2001.1003.0","value":"SA-004417"}],"status":"active","intent":"plan",)"
      R"("category":[{"coding":[{"system":"http://snomed.info/sct","code":"736366004"}]}],"title":"Aftercare plan",)"
      R"("subject":{"reference":"Patient/8f2d6a7c","display":"the person"},"period":{"start":"2025-02-03"},)"
      R"("created":"2025-02-03T14:10:00+01:00","author":{"reference":"Organization/hospital"},"activity":[)";
  for (int i = 1; i <= 5; ++i) out += (i == 1 ? "" : ",") + Activity(i);
  return out + "]}";
}

std::string Bundle(int entries) {
  std::string out = R"({"resourceType":"Bundle","type":"collection","entry":[)";
  for (int i = 0; i < entries; ++i) out += (i == 0 ? R"({"resource":)" : R"(,{"resource":)") + CarePlan() + "}";
  return out + "]}";
}

const std::string& Text(bool big) {
  static const std::string small_text = CarePlan();
  static const std::string big_text = Bundle(1000);
  return big ? big_text : small_text;
}

struct KeepNothing : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, KeepNothing> {};

bool ReadByRapidJson(std::string_view text) {
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  KeepNothing handler;
  return !reader.Parse<kFlags>(stream, handler).IsError();
}

void WriteByRapidJson(const Value& value, rapidjson::Writer<rapidjson::StringBuffer>& writer) {
  const auto size = static_cast<rapidjson::SizeType>(value.text().size());
  switch (value.kind()) {
    case Kind::kNull:
      writer.Null();
      return;
    case Kind::kBoolean:
      writer.Bool(value.boolean());
      return;
    case Kind::kNumber:
      writer.RawValue(value.text().data(), size, rapidjson::kNumberType);
      return;
    case Kind::kString:
      writer.String(value.text().data(), size);
      return;
    case Kind::kArray:
      writer.StartArray();
      for (const Value& item : value.items()) WriteByRapidJson(item, writer);
      writer.EndArray();
      return;
    case Kind::kObject:
      writer.StartObject();
      for (const Member& member : value.members()) {
        writer.Key(member.name.data(), static_cast<rapidjson::SizeType>(member.name.size()));
        WriteByRapidJson(member.value, writer);
      }
      writer.EndObject();
      return;
  }
}

// Runs both in turns and reports bytes per second of ours, and the ratio.
template <typename Ours, typename Theirs>
void Compare(benchmark::State& state, std::size_t bytes, Ours ours, Theirs theirs) {
  using Clock = std::chrono::steady_clock;
  std::chrono::duration<double> our_time{};
  std::chrono::duration<double> their_time{};
  for ([[maybe_unused]] auto _ : state) {
    const auto start = Clock::now();
    ours();
    const auto middle = Clock::now();
    theirs();
    const auto end = Clock::now();
    our_time += middle - start;
    their_time += end - middle;
    state.SetIterationTime(std::chrono::duration<double>(middle - start).count());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
  const double megabytes = static_cast<double>(bytes) * static_cast<double>(state.iterations()) / 1e6;
  state.counters["own_MB_per_s"] = megabytes / our_time.count();
  state.counters["peer_RapidJSON_MB_per_s"] = megabytes / their_time.count();
  state.counters["ratio"] = their_time / our_time;
}

void Parse(benchmark::State& state) {
  const std::string& text = Text(state.range(0) != 0);
  Arena arena(64u << 10);
  Compare(
      state, text.size(),
      [&] {
        arena.Reset();
        benchmark::DoNotOptimize(json::Parse(text, arena));
      },
      [&] { benchmark::DoNotOptimize(ReadByRapidJson(text)); });
}

void Write(benchmark::State& state) {
  const std::string& text = Text(state.range(0) != 0);
  const Result<Document> document = ParseDocument(text);
  std::string out;
  rapidjson::StringBuffer buffer;
  Compare(
      state, text.size(),
      [&] {
        out.clear();
        json::Write(document->root, out);
        benchmark::DoNotOptimize(out.data());
      },
      [&] {
        buffer.Clear();
        rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
        WriteByRapidJson(document->root, writer);
        benchmark::DoNotOptimize(buffer.GetString());
      });
}

BENCHMARK(Parse)->Name("json.parse/careplan")->Arg(0)->UseManualTime();
BENCHMARK(Parse)->Name("json.parse/bundle")->Arg(1)->UseManualTime();
BENCHMARK(Write)->Name("json.write/careplan")->Arg(0)->UseManualTime();
BENCHMARK(Write)->Name("json.write/bundle")->Arg(1)->UseManualTime();

}  // namespace
}  // namespace throughline::json
