#include "gateway/local/quarantine.h"

#include <utility>

#include "certs/hash.h"
#include "fhir/base/date_time.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "gateway/interactions/write_resource.h"
#include "gateway/local/record.h"
#include "gateway/store/inbox.h"
#include "gateway/store/store.h"
#include "mappings/formats/encoding.h"
#include "mappings/formats/record_reader.h"

namespace throughline::local {
namespace {

Error NotKeptAside() { return MakeError(ErrorKind::kNotFound, "not-found", "no record of this id is in quarantine"); }

// The quarantined entry of a record, with its bytes.
Result<store::InboxEntry> Quarantined(const Services& services, std::string_view record) {
  std::optional<store::InboxEntry> found;
  auto read = services.interactions.store.Read([&](const store::Snapshot& snapshot) -> Result<void> {
    const std::shared_ptr<const MapSet> maps = services.maps.Current();
    for (const plan::Map& map : maps->maps()) {
      auto entry = snapshot.inbox().Newest(map.name(), record);
      if (!entry) return std::move(entry).error();
      if (*entry && (*entry)->state == store::InboxState::kQuarantined) found = *std::move(*entry);
    }
    return {};
  });
  if (!read) return std::move(read).error();
  if (!found) return NotKeptAside();
  return *std::move(found);
}

// Kept bytes are one record by themselves, whatever file they came in.
Result<formats::Record> ReadOne(std::string_view bytes, json::Arena& arena) {
  auto value = json::Parse(bytes, arena);
  formats::Record record;
  record.bytes = bytes;
  if (value) {
    record.value = *value;
  } else {
    record.error = std::move(value).error();
  }
  return record;
}

// Bytes that no JSON text can hold are shown in base64.
void WriteKept(std::string_view bytes, std::string& out) {
  const bool text = formats::IsUtf8(bytes);
  out += text ? R"(,"record":)" : R"(,"recordBase64":)";
  json::WriteString(text ? bytes : certs::ToBase64(bytes), out);
}

}  // namespace

Result<std::vector<QuarantineRow>> ListQuarantine(const Services& services) {
  std::vector<QuarantineRow> rows;
  auto read = services.interactions.store.Read([&](const store::Snapshot& snapshot) -> Result<void> {
    store::InboxQuestion question;
    question.state = store::InboxState::kQuarantined;
    for (bool more = true; more;) {
      auto page = snapshot.inbox().List(question);
      if (!page) return std::move(page).error();
      for (const store::InboxEntry& entry : page->entries) {
        rows.push_back({entry.record, entry.map, entry.client, FormatInstant(entry.received)});
      }
      more = page->next.has_value();
      question.after = page->next.value_or(0);
    }
    return {};
  });
  if (!read) return std::move(read).error();
  return rows;
}

Result<std::string> ShowQuarantined(const Services& services, const consent::Requester& requester,
                                    std::string_view record) {
  auto entry = Quarantined(services, record);
  if (!entry) return std::move(entry).error();
  auto row = interactions::RowFor(requester, audit::Kind::kOperator, "quarantine show");
  if (auto recorded = interactions::Record(services.interactions, requester, std::move(row)); !recorded) {
    return std::move(recorded).error();
  }
  auto kept = json::ParseDocument(entry->issues);
  std::string out = R"({"id":)";
  json::WriteString(entry->record, out);
  out += R"(,"map":)";
  json::WriteString(entry->map, out);
  out += R"(,"client":)";
  json::WriteString(entry->client, out);
  out += R"(,"received":)";
  json::WriteString(FormatInstant(entry->received), out);
  out += R"(,"answer":)";
  out += kept ? json::ToString(kept->root.Get("answer")) : "null";
  WriteKept(entry->bytes, out);
  return out + "}";
}

Result<std::string> Replay(const Services& services, const consent::Requester& requester, std::string_view record,
                           const std::optional<std::string>& corrected) {
  auto entry = Quarantined(services, record);
  if (!entry) return std::move(entry).error();
  const std::shared_ptr<const MapSet> maps = services.maps.Current();
  const plan::Map* map = maps->Find(entry->map);
  if (map == nullptr)
    return MakeError(ErrorKind::kNotFound, "map-unknown", "the map of this record is not served here");
  const std::string& bytes = corrected ? *corrected : entry->bytes;
  json::Arena arena(1 << 16);
  auto read = ReadOne(bytes, arena);
  if (!read) return std::move(read).error();
  const IntakeContext context{services, requester, *map, audit::Kind::kReplay, {}, {}};
  PreparedRecord prepared = PrepareRecord(context, *read, arena);
  if (prepared.answer.key.empty()) prepared.answer.id = entry->record;
  InFlight::Place place = services.in_flight.Enter(prepared.answer.id);
  auto pending = SubmitRecord(context, std::move(prepared), std::move(place), arena, record);
  if (!pending) return std::move(pending).error();
  auto stored = pending->Get();
  if (!stored) return std::move(stored).error();
  return std::move(stored->line);
}

}  // namespace throughline::local
