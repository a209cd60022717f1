#include "gateway/local/view.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "fhir/json/arena.h"
#include "fhir/json/parse.h"
#include "fhir/search/query.h"
#include "gateway/interactions/read_gate.h"
#include "gateway/store/inbox.h"
#include "gateway/store/store.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/engine/to_local.h"
#include "mappings/formats/record_writer.h"

namespace throughline::local {
namespace {

Error NoSuchRecord() { return MakeError(ErrorKind::kNotFound, "not-found", "there is no such record"); }

// An accepted record with its file's envelope.
struct Found {
  store::InboxEntry entry;
  std::string envelope;
};

Result<Found> FindRecord(const Services& services, std::string_view map, std::string_view record) {
  std::optional<Found> found;
  auto read = services.interactions.store.Read([&](const store::Snapshot& snapshot) -> Result<void> {
    auto entry = snapshot.inbox().Latest(map, record);
    if (!entry) return std::move(entry).error();
    if (!*entry) return {};
    found.emplace(Found{*std::move(*entry), {}});
    if (found->entry.envelope.empty()) return {};
    auto envelope = snapshot.inbox().Envelope(found->entry.envelope);
    if (!envelope) return std::move(envelope).error();
    found->envelope = std::move(*envelope).value_or("");
    return {};
  });
  if (!read) return std::move(read).error();
  if (!found) return NoSuchRecord();
  return *std::move(found);
}

// The record as its resources tell it now, of those that this requester may see.
Result<json::Value> Render(const Services& services, const consent::Requester& requester, const plan::Map& map,
                           const store::InboxEntry& entry, json::Arena& arena) {
  std::vector<interactions::Key> keys;
  keys.reserve(entry.resources.size());
  for (const store::MadeResource& made : entry.resources) keys.push_back({made.type, made.id});
  auto read = interactions::ReadMany(services.interactions, requester, keys, {audit::Kind::kView, entry.map, {}});
  if (!read) return std::move(read).error();
  std::vector<engine::SourceResource> sources;
  for (const interactions::Resource& resource : *read) {
    const auto made = std::find_if(entry.resources.begin(), entry.resources.end(), [&](const store::MadeResource& one) {
      return one.type == resource.type && one.id == resource.id;
    });
    auto body = json::Parse(resource.body, arena);
    if (!body) return MakeError(ErrorKind::kInternal, "stored-body", "a stored resource cannot be read");
    sources.push_back({arena.Copy(made->name), *body});
  }
  if (sources.empty()) return NoSuchRecord();
  engine::Unmapped local = engine::ToLocal(map, sources, arena);
  if (HasErrors(local.issues)) {
    return Error{ErrorKind::kUnprocessable, "the stored resources cannot be told in this format",
                 std::move(local.issues)};
  }
  if (local.record.is_null()) return NoSuchRecord();
  return local.record;
}

struct Access {
  std::shared_ptr<const MapSet> maps;
  const plan::Map* map = nullptr;
};

Result<Access> MayView(const Services& services, const consent::Requester& requester, std::string_view name) {
  Access access{services.maps.Current(), nullptr};
  access.map = access.maps->Find(name);
  if (!requester.scopes.CoverMap(name, consent::Action::kRead)) {
    return MakeError(ErrorKind::kForbidden, "scope", "this client's scopes do not let it read records by this map");
  }
  if (access.map == nullptr)
    return MakeError(ErrorKind::kNotFound, "map-unknown", "no map of this name is served here");
  return access;
}

Result<std::string> WriteFileOf(const plan::Map& map, std::string_view envelope, std::span<const json::Value> records) {
  std::string bytes;
  formats::RecordWriter writer(map.format(), envelope, [&](std::string_view piece) -> Result<void> {
    bytes += piece;
    return {};
  });
  if (auto begun = writer.Begin(); !begun) return std::move(begun).error();
  for (const json::Value& record : records) {
    if (auto written = writer.Write(record); !written) return std::move(written).error();
  }
  if (auto ended = writer.End(); !ended) return std::move(ended).error();
  return bytes;
}

// The accepted records of the people who carry an identifier, of those that this requester may find.
Result<std::vector<std::string>> RecordsOfPerson(const Services& services, const consent::Requester& requester,
                                                 const plan::Map& map, std::string_view identifier) {
  const search::Parameter parameter{"identifier", std::string(identifier)};
  auto query =
      search::ParseQuery(services.interactions.definitions, services.person_type, std::span(&parameter, 1), {});
  if (!query) return std::move(query).error();
  auto people = interactions::FindResources(services.interactions, requester, *query, std::nullopt,
                                            {audit::Kind::kView, std::string(map.name()), {}});
  if (!people) return std::move(people).error();
  std::vector<std::string> records;
  auto read = services.interactions.store.Read([&](const store::Snapshot& snapshot) -> Result<void> {
    for (const interactions::Resource& person : people->entries) {
      store::InboxQuestion question;
      question.map = map.name();
      question.state = store::InboxState::kAccepted;
      question.compartment = person.type + "/" + person.id;
      for (bool more = true; more;) {
        auto page = snapshot.inbox().List(question);
        if (!page) return std::move(page).error();
        for (store::InboxEntry& entry : page->entries) {
          std::erase(records, entry.record);
          records.push_back(std::move(entry.record));
        }
        more = page->next.has_value();
        question.after = page->next.value_or(0);
      }
    }
    return {};
  });
  if (!read) return std::move(read).error();
  return records;
}

// The ids of the records that a question asks for, oldest first.
Result<std::vector<std::string>> RecordsOf(const Services& services, const consent::Requester& requester,
                                           const plan::Map& map, const json::Value& question) {
  const json::Value key = question.Get("key");
  const std::string_view identifier = question.Get("patient").Get("identifier").text();
  if (key.is_array() == !identifier.empty()) {
    return MakeError(ErrorKind::kInvalid, "view-question",
                     R"(ask by {"key":["...","..."]} or by {"patient":{"identifier":"system|value"}})");
  }
  if (key.is_array()) {
    std::vector<std::string_view> parts;
    for (const json::Value& part : key.items()) parts.push_back(part.text());
    return std::vector<std::string>{services.interactions.ids.ForKey(map.name(), engine::JoinKey(parts), "record")};
  }
  return RecordsOfPerson(services, requester, map, identifier);
}

}  // namespace

Result<LocalFile> View(const Services& services, const consent::Requester& requester, std::string_view map,
                       std::string_view record) {
  auto access = MayView(services, requester, map);
  if (!access) return std::move(access).error();
  auto found = FindRecord(services, map, record);
  if (!found) return std::move(found).error();
  json::Arena arena(1 << 16);
  auto local = Render(services, requester, *access->map, found->entry, arena);
  if (!local) return std::move(local).error();
  auto bytes = WriteFileOf(*access->map, found->envelope, std::span(&*local, 1));
  if (!bytes) return std::move(bytes).error();
  return LocalFile{formats::ContentTypeOf(access->map->format()), *std::move(bytes)};
}

Result<LocalFile> FindViews(const Services& services, const consent::Requester& requester, std::string_view map,
                            const json::Value& question) {
  auto access = MayView(services, requester, map);
  if (!access) return std::move(access).error();
  auto ids = RecordsOf(services, requester, *access->map, question);
  if (!ids) return std::move(ids).error();
  json::Arena arena(1 << 16);
  std::vector<json::Value> records;
  std::string envelope;
  for (const std::string& id : *ids) {
    auto found = FindRecord(services, map, id);
    if (!found && found.error().kind == ErrorKind::kNotFound) continue;
    if (!found) return std::move(found).error();
    auto local = Render(services, requester, *access->map, found->entry, arena);
    if (!local && local.error().kind == ErrorKind::kNotFound) continue;
    if (!local) return std::move(local).error();
    records.push_back(*local);
    envelope = std::move(found->envelope);
  }
  if (records.empty()) return NoSuchRecord();
  auto bytes = WriteFileOf(*access->map, envelope, records);
  if (!bytes) return std::move(bytes).error();
  return LocalFile{formats::ContentTypeOf(access->map->format()), *std::move(bytes)};
}

}  // namespace throughline::local
