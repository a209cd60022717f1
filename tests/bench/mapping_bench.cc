// Records mapped in a second, both ways, bytes to bytes, against the limit: one RapidJSON SAX scan of the bytes that
// come in with an empty handler, and RapidJSON's Writer for the bytes that go out. `times_limit` is the ratio of the
// same run.
#include <benchmark/benchmark.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "mappings/engine/map.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/engine/to_local.h"
#include "mappings/formats/record_reader.h"

namespace throughline {
namespace {

std::string ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class BenchIds : public IdSource {
 public:
  std::string Fresh() override { return "0"; }
  std::string ForKey(std::string_view, std::string_view key, std::string_view name) const override {
    char id[40];
    const std::size_t length = static_cast<std::size_t>(std::snprintf(
        id, sizeof id, "%016zx-%016zx", std::hash<std::string_view>()(key), std::hash<std::string_view>()(name)));
    return {id, length};
  }
};

struct Subject {
  engine::Map map;
  std::vector<std::string> records;                 // as the source writes them, compact
  std::vector<std::vector<std::string>> resources;  // of each record, canonical
};

Subject Load(const std::string& name, const std::string& sample) {
  const std::string folder = std::string(THROUGHLINE_SOURCE_DIR) + "/mappings/library/" + name + "/";
  auto map = engine::LoadMap(
      folder + "map.yaml",
      [](std::string_view path) -> Result<std::string> { return ReadWholeFile(std::string(path)); }, definitions::R4());
  if (!map) {
    std::fputs(engine::MapErrorText(map.error()).c_str(), stderr);
    std::exit(2);
  }
  Subject subject{std::move(*map), {}, {}};
  const std::string file = ReadWholeFile(folder + sample);
  formats::RecordReader reader(subject.map.format(), formats::FromMemory(file));
  json::Arena arena;
  const BenchIds ids;
  for (auto record = reader.Next(arena); record && record->has_value(); record = reader.Next(arena)) {
    subject.records.push_back(json::ToString((*record)->value));
    subject.resources.emplace_back();
    for (const auto& resource : engine::ToFhir(subject.map, (*record)->value, ids, arena).resources) {
      subject.resources.back().push_back(json::ToString(resource.body));
    }
  }
  return subject;
}

void Scan(const std::string& bytes) {
  rapidjson::MemoryStream stream(bytes.data(), bytes.size());
  rapidjson::Reader reader;
  rapidjson::BaseReaderHandler<> nothing;
  reader.Parse<rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag>(stream, nothing);
  benchmark::DoNotOptimize(reader.HasParseError());
}

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void Drive(const json::Value& value, Writer& writer) {
  const std::string_view text = value.text();
  switch (value.kind()) {
    case json::Kind::kNull:
      writer.Null();
      break;
    case json::Kind::kBoolean:
      writer.Bool(value.boolean());
      break;
    case json::Kind::kNumber:
      writer.RawValue(text.data(), text.size(), rapidjson::kNumberType);
      break;
    case json::Kind::kString:
      writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
      break;
    case json::Kind::kArray:
      writer.StartArray();
      for (const json::Value& item : value.items()) Drive(item, writer);
      writer.EndArray();
      break;
    case json::Kind::kObject:
      writer.StartObject();
      for (const json::Member& member : value.members()) {
        writer.Key(member.name.data(), static_cast<rapidjson::SizeType>(member.name.size()));
        Drive(member.value, writer);
      }
      writer.EndObject();
      break;
  }
}

double SecondsOf(const std::function<void()>& work) {
  using Clock = std::chrono::steady_clock;
  work();
  std::size_t rounds = 0;
  const auto start = Clock::now();
  while (Clock::now() - start < std::chrono::milliseconds(300)) {
    work();
    ++rounds;
  }
  return std::chrono::duration<double>(Clock::now() - start).count() / static_cast<double>(rounds);
}

// Runs `work` for the benchmark, `limit` beside it, and says how far apart they are.
void Compare(benchmark::State& state, std::size_t records, const std::function<void()>& work,
             const std::function<void()>& limit) {
  for (auto _ : state) work();
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(records));
  const double bare = SecondsOf(limit);
  const double own = SecondsOf(work);
  state.counters["own_records_per_s"] = static_cast<double>(records) / own;
  state.counters["peer_scan_and_write_records_per_s"] = static_cast<double>(records) / bare;
  state.counters["ratio"] = bare / own;
}

void HospitalToFhir(benchmark::State& state) {
  const Subject subject = Load("sta-aurelia-discharge", "samples/hospital_discharge.json");
  const BenchIds ids;
  json::Arena arena(1u << 20);
  json::Arena outputs;
  std::vector<json::Value> written;
  for (const auto& record : subject.resources) {
    for (const std::string& resource : record) written.push_back(*json::Parse(resource, outputs));
  }
  std::string out;
  const auto work = [&] {
    for (const std::string& bytes : subject.records) {
      arena.Reset();
      out.clear();
      const auto record = json::Parse(bytes, arena);
      for (const auto& resource : engine::ToFhir(subject.map, *record, ids, arena).resources)
        json::Write(resource.body, out);
      benchmark::DoNotOptimize(out.data());
    }
  };
  rapidjson::StringBuffer buffer;
  const auto limit = [&] {
    for (const std::string& bytes : subject.records) Scan(bytes);
    for (const json::Value& resource : written) {
      buffer.Clear();
      Writer writer(buffer);
      Drive(resource, writer);
      benchmark::DoNotOptimize(buffer.GetString());
    }
  };
  Compare(state, subject.records.size(), work, limit);
}
BENCHMARK(HospitalToFhir)->Name("mapping.hospital/to_fhir")->Unit(benchmark::kMicrosecond);

void HospitalToLocal(benchmark::State& state) {
  const Subject subject = Load("sta-aurelia-discharge", "samples/hospital_discharge.json");
  json::Arena arena(1u << 20);
  json::Arena outputs;
  std::vector<json::Value> written;
  for (const std::string& record : subject.records) written.push_back(*json::Parse(record, outputs));
  std::string out;
  const auto work = [&] {
    for (const auto& resources : subject.resources) {
      arena.Reset();
      out.clear();
      std::vector<engine::SourceResource> sources;
      for (const std::string& bytes : resources) sources.push_back({{}, *json::Parse(bytes, arena)});
      json::Write(engine::ToLocal(subject.map, sources, arena).record, out);
      benchmark::DoNotOptimize(out.data());
    }
  };
  rapidjson::StringBuffer buffer;
  const auto limit = [&] {
    for (const auto& resources : subject.resources) {
      for (const std::string& bytes : resources) Scan(bytes);
    }
    for (const json::Value& record : written) {
      buffer.Clear();
      Writer writer(buffer);
      Drive(record, writer);
      benchmark::DoNotOptimize(buffer.GetString());
    }
  };
  Compare(state, subject.records.size(), work, limit);
}
BENCHMARK(HospitalToLocal)->Name("mapping.hospital/to_local")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace throughline
