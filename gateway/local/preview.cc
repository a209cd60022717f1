#include "gateway/local/preview.h"

#include <utility>

#include "fhir/json/write.h"
#include "gateway/interactions/write_resource.h"
#include "gateway/local/answer.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/formats/record_reader.h"

namespace throughline::local {
namespace {

constexpr std::uint64_t kMostRecords = 100;

void AppendTrace(const plan::Map& map, std::string& out) {
  out += R"("trace":[)";
  for (const plan::FieldGrade& field : map.grades()) {
    if (out.back() != '[') out += ',';
    out += R"({"field":)";
    json::WriteString(field.field, out);
    out += R"(,"target":)";
    json::WriteString(field.target, out);
    out += R"(,"grade":)";
    json::WriteString(plan::CodeOf(field.grade), out);
    out += '}';
  }
  out += ']';
}

void AppendRecord(const plan::Map& map, const formats::Record& record, const engine::Mapped& mapped, std::string& out) {
  out += R"({"index":)" + std::to_string(record.index) + R"(,"key":)";
  json::WriteString(mapped.key, out);
  out += mapped.verdict == engine::Verdict::kMapped ? R"(,"outcome":"mapped")" : R"(,"outcome":"quarantined")";
  out += R"(,"resources":[)";
  for (const engine::MappedResource& made : mapped.resources) {
    if (out.back() != '[') out += ',';
    json::Write(made.body, out);
  }
  out += "],";
  AppendIssues(mapped.issues, out);
  out += ',';
  AppendLedger(mapped.ledger, out);
  out += ',';
  AppendTrace(map, out);
  out += '}';
}

engine::Mapped MapOne(const Services& services, const plan::Map& map, formats::Record& record, json::Arena& arena) {
  if (!record.error) return engine::ToFhir(map, record.value, services.interactions.ids, arena);
  engine::Mapped unreadable;
  unreadable.verdict = engine::Verdict::kQuarantine;
  unreadable.issues = std::move(record.error->issues);
  return unreadable;
}

}  // namespace

Result<std::string> Preview(const Services& services, const consent::Requester& requester, const IntakeRequest& request,
                            std::string_view body) {
  const std::shared_ptr<const MapSet> maps = services.maps.Current();
  const plan::Map* map = maps->Find(request.map);
  if (!requester.scopes.CoverMap(request.map, consent::Action::kCreate)) {
    return MakeError(ErrorKind::kForbidden, "scope", "this client's scopes do not let it send records by this map");
  }
  if (map == nullptr) return MakeError(ErrorKind::kNotFound, "map-unknown", "no map of this name is served here");
  formats::RecordFormat format = map->format();
  if (request.syntax == formats::Syntax::kNdjson) format.syntax = request.syntax;
  if (request.encoding) format.csv.encoding = *request.encoding;
  formats::RecordReader reader(format, formats::FromMemory(body), {.record_bytes = services.record_bytes});
  std::string out = R"({"records":[)";
  json::Arena arena(1 << 16);
  for (;;) {
    arena.Reset();
    auto record = reader.Next(arena);
    if (!record) return std::move(record).error();
    if (!*record) break;
    if ((*record)->index == kMostRecords) {
      return MakeError(ErrorKind::kTooCostly, "preview-records", "a preview takes at most 100 records; send fewer");
    }
    if ((*record)->index > 0) out += ',';
    const engine::Mapped mapped = MapOne(services, *map, **record, arena);
    AppendRecord(*map, **record, mapped, out);
  }
  auto recorded = interactions::Record(services.interactions, requester,
                                       interactions::RowFor(requester, audit::Kind::kPreview, request.map));
  if (!recorded) return std::move(recorded).error();
  return out + "]}";
}

}  // namespace throughline::local
