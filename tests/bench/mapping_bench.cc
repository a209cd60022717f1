// Records mapped in a second, both ways, bytes to bytes, against the limit: one scan of the bytes that come in
// (RapidJSON's SAX reader with an empty handler; of CSV a memchr pass for its line ends), and RapidJSON's Writer for
// what goes out (of CSV the cells as JSON texts). One core, in processor time; `ratio` is that of the same run.
#include <benchmark/benchmark.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/engine/to_local.h"
#include "mappings/formats/record_reader.h"
#include "mappings/formats/record_writer.h"
#include "mappings/language/error_report.h"
#include "mappings/language/load_map.h"
#include "mappings/plan/map.h"

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

plan::Map LoadLibraryMap(const std::string& folder) {
  auto map = language::LoadMap(
      folder + "map.yaml",
      [](std::string_view path) -> Result<std::string> { return ReadWholeFile(std::string(path)); }, definitions::R4());
  if (map) return *std::move(map);
  std::fputs(language::MapErrorText(map.error()).c_str(), stderr);
  std::exit(2);
}

struct Subject {
  plan::Map map;
  std::string file;                                 // as the source writes it
  std::string envelope;                             // of that file
  std::vector<std::string> records;                 // each as JSON, compact
  std::vector<std::vector<std::string>> resources;  // of each record, canonical
};

// The rows of the ndtms sample, `times` times over with another agency each; a sample is too small for its header not
// to count.
std::string Longer(const std::string& file, std::size_t times) {
  constexpr std::string_view kAgency = ",N9901,";
  const std::size_t header = file.find('\n') + 1;
  std::string longer = file.substr(0, header);
  for (std::size_t i = 0; i < times; ++i) {
    std::string rows = file.substr(header);
    for (std::size_t at = rows.find(kAgency); at != std::string::npos; at = rows.find(kAgency, at + 1))
      rows.replace(at, kAgency.size(), ",N" + std::to_string(1000 + i) + ",");
    longer.append(rows);
  }
  return longer;
}

Subject Load(const std::string& name, const std::string& sample) {
  const std::string folder = std::string(THROUGHLINE_SOURCE_DIR) + "/mappings/library/" + name + "/";
  Subject subject{LoadLibraryMap(folder), ReadWholeFile(folder + sample), {}, {}, {}};
  if (subject.map.format().syntax == formats::Syntax::kCsv) subject.file = Longer(subject.file, 50);
  formats::RecordReader reader(subject.map.format(), formats::FromMemory(subject.file));
  json::Arena arena;
  const BenchIds ids;
  for (auto record = reader.Next(arena); record && record->has_value(); record = reader.Next(arena)) {
    const engine::Mapped mapped = engine::ToFhir(subject.map, (*record)->value, ids, arena);
    if (mapped.resources.empty()) continue;  // kept aside, as the map's test says
    subject.records.push_back(json::ToString((*record)->value));
    subject.resources.emplace_back();
    for (const auto& resource : mapped.resources) subject.resources.back().push_back(json::ToString(resource.body));
  }
  subject.envelope = reader.envelope();
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

double ProcessorSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double SecondsOf(const std::function<void()>& work) {
  work();
  std::size_t rounds = 0;
  const double start = ProcessorSeconds();
  double end = start;
  for (; end - start < 0.3; end = ProcessorSeconds()) {
    work();
    ++rounds;
  }
  return (end - start) / static_cast<double>(rounds);
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

// What RapidJSON's Writer makes of values.
class Written {
 public:
  void Add(const std::string& json) { values_.push_back(*json::Parse(json, arena_)); }
  void Write() {
    for (const json::Value& value : values_) {
      buffer_.Clear();
      Writer writer(buffer_);
      Drive(value, writer);
      benchmark::DoNotOptimize(buffer_.GetString());
    }
  }

 private:
  json::Arena arena_;
  std::vector<json::Value> values_;
  rapidjson::StringBuffer buffer_;
};

void HospitalToFhir(benchmark::State& state) {
  const Subject subject = Load("sta-aurelia-discharge", "samples/hospital_discharge.json");
  const BenchIds ids;
  json::Arena arena(1u << 20);
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
  Written written;
  for (const auto& record : subject.resources) {
    for (const std::string& resource : record) written.Add(resource);
  }
  const auto limit = [&] {
    for (const std::string& bytes : subject.records) Scan(bytes);
    written.Write();
  };
  Compare(state, subject.records.size(), work, limit);
}
BENCHMARK(HospitalToFhir)->Name("mapping.hospital/to_fhir")->Unit(benchmark::kMicrosecond);

// Resources of each record -> `out`, which is written by the format's own writer.
void MapBack(const Subject& subject, json::Arena& arena, std::string& out) {
  out.clear();
  formats::RecordWriter writer(subject.map.format(), subject.envelope, [&](std::string_view bytes) -> Result<void> {
    out.append(bytes);
    return {};
  });
  if (!writer.Begin()) std::exit(2);
  for (const auto& resources : subject.resources) {
    arena.Reset();
    std::vector<engine::SourceResource> sources;
    for (const std::string& bytes : resources) sources.push_back({{}, *json::Parse(bytes, arena)});
    if (!writer.Write(engine::ToLocal(subject.map, sources, arena).record)) std::exit(2);
  }
  benchmark::DoNotOptimize(out.data());
}

void ScanResources(const Subject& subject) {
  for (const auto& resources : subject.resources) {
    for (const std::string& bytes : resources) Scan(bytes);
  }
}

void HospitalToLocal(benchmark::State& state) {
  const Subject subject = Load("sta-aurelia-discharge", "samples/hospital_discharge.json");
  json::Arena arena(1u << 20);
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
  Written written;
  for (const std::string& record : subject.records) written.Add(record);
  const auto limit = [&] {
    ScanResources(subject);
    written.Write();
  };
  Compare(state, subject.records.size(), work, limit);
}
BENCHMARK(HospitalToLocal)->Name("mapping.hospital/to_local")->Unit(benchmark::kMicrosecond);

Subject LoadNdtms() { return Load("ndtms", "samples/ndtms_community.csv"); }

void NdtmsToFhir(benchmark::State& state) {
  const Subject subject = LoadNdtms();
  const BenchIds ids;
  json::Arena arena(1u << 20);
  std::string out;
  const auto work = [&] {
    formats::RecordReader reader(subject.map.format(), formats::FromMemory(subject.file));
    for (;;) {
      arena.Reset();
      out.clear();
      const auto record = reader.Next(arena);
      if (!record || !record->has_value()) break;
      for (const auto& resource : engine::ToFhir(subject.map, (*record)->value, ids, arena).resources)
        json::Write(resource.body, out);
      benchmark::DoNotOptimize(out.data());
    }
  };
  Written written;
  for (const auto& record : subject.resources) {
    for (const std::string& resource : record) written.Add(resource);
  }
  const auto limit = [&] {
    const char* at = subject.file.data();
    const char* const end = at + subject.file.size();
    while (at != nullptr && at < end) {
      at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
      if (at != nullptr) ++at;
      benchmark::DoNotOptimize(at);
    }
    written.Write();
  };
  Compare(state, subject.records.size(), work, limit);
}
BENCHMARK(NdtmsToFhir)->Name("mapping.ndtms/to_fhir")->Unit(benchmark::kMicrosecond);

void NdtmsToLocal(benchmark::State& state) {
  const Subject subject = LoadNdtms();
  json::Arena arena(1u << 20);
  std::string out;
  const auto work = [&] { MapBack(subject, arena, out); };
  // The cells of each row as a JSON array of texts: as many bytes as the row, and some.
  Written written;
  std::string cells;
  for (std::size_t at = subject.file.find('\n') + 1; at < subject.file.size();) {
    const std::size_t end = subject.file.find('\n', at);
    cells = "[\"" + subject.file.substr(at, end - at) + "\"]";
    for (std::size_t comma = cells.find(','); comma != std::string::npos; comma = cells.find(',', comma + 3))
      cells.replace(comma, 1, "\",\"");
    std::erase_if(cells, [](char byte) { return byte == '\r'; });
    written.Add(cells);
    at = end + 1;
  }
  const auto limit = [&] {
    ScanResources(subject);
    written.Write();
  };
  Compare(state, subject.records.size(), work, limit);
}
BENCHMARK(NdtmsToLocal)->Name("mapping.ndtms/to_local")->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace throughline
