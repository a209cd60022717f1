#include "gateway/local/record.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "gateway/interactions/write_resource.h"
#include "gateway/store/inbox.h"
#include "gateway/store/store.h"
#include "mappings/engine/onto.h"
#include "mappings/engine/past.h"

namespace throughline::local {
namespace {

// What the inbox knows of a record from before.
struct Before {
  std::optional<store::InboxEntry> accepted;     // the newest accepted entry
  std::optional<store::InboxEntry> quarantined;  // the newest entry of all, when that one is kept aside
};

Result<Before> LookUp(const IntakeContext& context, const std::string& record) {
  Before before;
  auto read = context.services.interactions.store.Read([&](const store::Snapshot& snapshot) -> Result<void> {
    auto newest = snapshot.inbox().Newest(context.map.name(), record);
    if (!newest) return std::move(newest).error();
    if (!*newest) return {};
    if ((*newest)->state == store::InboxState::kAccepted) {
      before.accepted = std::move(*newest);
      return {};
    }
    before.quarantined = std::move(*newest);
    auto accepted = snapshot.inbox().Latest(context.map.name(), record);
    if (!accepted) return std::move(accepted).error();
    before.accepted = std::move(*accepted);
    return {};
  });
  if (!read) return std::move(read).error();
  return before;
}

// The line that the sender got when it sent these very bytes under this Idempotency-Key before.
std::optional<std::string> AnsweredBefore(const IntakeContext& context, const store::InboxEntry& entry,
                                          std::string_view bytes) {
  if (context.request.empty() || entry.bytes != bytes) return std::nullopt;
  auto document = json::ParseDocument(entry.issues);
  if (!document || document->root.Get("request").text() != context.request) return std::nullopt;
  return json::ToString(document->root.Get("answer"));
}

std::string KeptAnswer(const std::string& request, const std::string& line) {
  std::string out = R"({"request":)";
  json::WriteString(request, out);
  return out + R"(,"answer":)" + line + "}";
}

// Resources that the record made before and makes no longer, as deletions. Those that other records make too stay: the
// map says which, and their ids do not follow from this record's key (unless that is what theirs is by chance).
std::vector<interactions::ResourceWrite> Vanished(const IntakeContext& context, const PreparedRecord& prepared,
                                                  const store::InboxEntry& before) {
  std::vector<interactions::ResourceWrite> gone;
  for (const store::MadeResource& made : before.resources) {
    const bool still =
        std::any_of(prepared.mapped.resources.begin(), prepared.mapped.resources.end(),
                    [&](const engine::MappedResource& now) { return now.type == made.type && now.id == made.id; });
    const bool own =
        context.services.interactions.ids.ForKey(context.map.name(), prepared.answer.key, made.name) == made.id;
    if (still || !own || context.map.IsShared(made.name)) continue;
    gone.emplace_back();
    gone.back().type = made.type;
    gone.back().id = made.id;
  }
  return gone;
}

RecordOutcome OutcomeOf(bool known, std::span<const interactions::Written> written) {
  if (!known) return RecordOutcome::kCreated;
  const bool same = std::all_of(written.begin(), written.end(), [](const interactions::Written& one) {
    return one.outcome == interactions::Outcome::kUnchanged;
  });
  return same ? RecordOutcome::kUnchanged : RecordOutcome::kUpdated;
}

std::vector<store::MadeResource> MadeOf(const std::vector<std::string>& names,
                                        std::span<const interactions::Written> written) {
  std::vector<store::MadeResource> made;
  for (std::size_t i = 0; i < names.size() && i < written.size(); ++i) {
    made.push_back({names[i], written[i].type, written[i].id, written[i].version});
  }
  return made;
}

std::string CompartmentOf(std::span<const interactions::Written> written) {
  const auto found =
      std::find_if(written.begin(), written.end(), [](const auto& one) { return !one.compartment.empty(); });
  return found == written.end() ? std::string() : found->compartment;
}

// The part of a record's commit that belongs to the inbox. Owns all it needs: it runs on the writer's thread.
struct Keep {
  store::InboxEntry entry;
  std::string envelope;
  std::string request;
  RecordAnswer answer;
  Issues issues;
  std::vector<engine::LedgerRow> ledger;
  std::vector<std::string> names;  // of the resources written, in their order; deletions come after them
  std::optional<store::InboxEntry> accepted_before;
  std::optional<std::int64_t> replaces;  // entry that was kept aside
  std::string line;

  Result<void> Run(store::Transaction& transaction, std::span<const interactions::Written> written) {
    if (entry.state == store::InboxState::kAccepted) {
      answer.outcome = OutcomeOf(accepted_before.has_value(), written);
      entry.resources = MadeOf(names, written);
      entry.compartment = CompartmentOf(written);
    }
    line = AnswerLine(answer, written, issues, ledger);
    const bool nothing_new = answer.outcome == RecordOutcome::kUnchanged && !replaces &&
                             accepted_before->bytes == entry.bytes && accepted_before->map_version == entry.map_version;
    if (nothing_new) return {};
    entry.issues = KeptAnswer(request, line);
    entry.ledger = "[]";
    if (!envelope.empty()) {
      auto kept = transaction.inbox().KeepEnvelope(entry.map, envelope);
      if (!kept) return std::move(kept).error();
      entry.envelope = *std::move(kept);
    }
    if (replaces) {
      entry.entry = *replaces;
      return transaction.inbox().Replace(entry);
    }
    auto appended = transaction.inbox().Append(entry);
    if (!appended) return std::move(appended).error();
    return {};
  }
};

std::shared_ptr<Keep> KeepOf(const IntakeContext& context, const PreparedRecord& prepared, Before before,
                             store::InboxState state) {
  auto keep = std::make_shared<Keep>();
  const Instant now = context.services.interactions.clock.Now();
  keep->entry.record = prepared.answer.id;
  keep->entry.map = context.map.name();
  keep->entry.map_version = context.map.version();
  keep->entry.client = before.quarantined ? before.quarantined->client : context.requester.client_id;
  keep->entry.state = state;
  keep->entry.received = now;
  keep->entry.keep_until = now + context.services.keep_records;
  keep->entry.bytes = prepared.bytes;
  keep->envelope = context.envelope;
  if (keep->envelope.empty() && before.quarantined) keep->entry.envelope = before.quarantined->envelope;
  keep->request = context.request;
  keep->answer = prepared.answer;
  keep->issues = prepared.mapped.issues;
  keep->ledger = prepared.mapped.ledger;
  if (before.quarantined) keep->replaces = before.quarantined->entry;
  keep->accepted_before = std::move(before.accepted);
  return keep;
}

// What the record made when it came last, of its text of then, under the names that the store remembers; empty when
// that text is blanked.
engine::Past PastOf(const IntakeContext& context, const std::optional<store::InboxEntry>& before, json::Arena& arena) {
  if (!before || before->bytes.empty()) return {};
  const auto record = json::Parse(arena.Copy(before->bytes), arena);
  if (!record) return {};
  std::vector<engine::StoredName> names;
  for (const store::MadeResource& made : before->resources)
    names.push_back({arena.Copy(made.name), arena.Copy(made.id)});
  return engine::PastOf(engine::ToFhir(context.map, *record, context.services.interactions.ids, arena), names, arena);
}

// The resources of a record, written onto what is stored of them, and what it no longer makes. `onto` must outlive the
// writes' completing, `keep` takes its lines.
std::vector<interactions::ResourceWrite> WritesOf(const IntakeContext& context, const PreparedRecord& prepared,
                                                  const engine::Onto& onto, const std::shared_ptr<Keep>& keep) {
  std::vector<interactions::ResourceWrite> writes;
  if (prepared.quarantine) return writes;
  for (std::size_t at = 0; at < prepared.mapped.resources.size(); ++at) {
    const engine::MappedResource& made = prepared.mapped.resources[at];
    interactions::ResourceWrite& write = writes.emplace_back();
    write.type = made.type;
    write.id = made.id;
    write.body = made.body;
    write.complete = [&onto, &ledger = keep->ledger, at](const json::Value& stored, const json::Value&,
                                                         json::Arena& arena) {
      return onto.Merge(at, stored, arena, ledger);
    };
  }
  const std::optional<store::InboxEntry>& before = keep->accepted_before;
  if (!before) return writes;
  for (auto& gone : Vanished(context, prepared, *before)) writes.push_back(std::move(gone));
  return writes;
}

interactions::WriteRequest RequestOf(const IntakeContext& context, std::shared_ptr<Keep> keep, audit::Kind kind) {
  interactions::WriteRequest request;
  request.kind = kind;
  request.target = context.map.name();
  request.also = [keep = std::move(keep)](store::Transaction& transaction,
                                          std::span<const interactions::Written> written) {
    return keep->Run(transaction, written);
  };
  return request;
}

// Errors that are about the record and not about the store or the client.
bool AboutContent(ErrorKind kind) { return kind == ErrorKind::kInvalid || kind == ErrorKind::kUnprocessable; }

// How often a record is tried again because somebody changed one of its resources in between.
constexpr int kTries = 8;

// A record that was given to the write path.
struct Begun {
  interactions::PendingWrite write;
  std::shared_ptr<Keep> keep;
  std::optional<std::string> answered;
};

Result<Begun> Begin(const IntakeContext& context, PreparedRecord prepared, json::Arena& arena,
                    std::string_view replayed) {
  const std::string record = replayed.empty() ? prepared.answer.id : std::string(replayed);
  auto before = LookUp(context, record);
  if (!before) return std::move(before).error();
  if (record != prepared.answer.id && !before->accepted) {
    auto known = LookUp(context, prepared.answer.id);
    if (!known) return std::move(known).error();
    before->accepted = std::move(known->accepted);
  }
  std::optional<std::string> answered;
  if (before->accepted) answered = AnsweredBefore(context, *before->accepted, prepared.bytes);
  const engine::Past past = prepared.quarantine ? engine::Past() : PastOf(context, before->accepted, arena);
  engine::KeepPlaces(context.map, past, context.services.interactions.ids, prepared.mapped, arena);
  const engine::Onto onto(context.map, prepared.mapped, past);
  const auto state = prepared.quarantine ? store::InboxState::kQuarantined : store::InboxState::kAccepted;
  auto keep = KeepOf(context, prepared, *std::move(before), state);
  for (const engine::MappedResource& made : prepared.mapped.resources) keep->names.emplace_back(made.place);
  auto request = RequestOf(context, keep, prepared.quarantine ? audit::Kind::kQuarantine : context.kind);
  request.writes = WritesOf(context, prepared, onto, keep);
  return Begun{interactions::SubmitWrite(context.services.interactions, context.requester, std::move(request)),
               std::move(keep), std::move(answered)};
}

}  // namespace

PreparedRecord PrepareRecord(const IntakeContext& context, const formats::Record& record, json::Arena& arena) {
  PreparedRecord prepared;
  prepared.answer.index = record.index;
  prepared.bytes = record.bytes;
  if (record.error) {
    prepared.mapped.verdict = engine::Verdict::kQuarantine;
    prepared.mapped.issues = record.error->issues;
  } else {
    prepared.mapped = engine::ToFhir(context.map, record.value, context.services.interactions.ids, arena);
  }
  prepared.quarantine = prepared.mapped.verdict != engine::Verdict::kMapped;
  prepared.answer.key = prepared.mapped.key;
  prepared.answer.id = prepared.answer.key.empty() ? context.services.interactions.ids.Fresh()
                                                   : context.services.interactions.ids.ForKey(
                                                         context.map.name(), prepared.answer.key, "record");
  return prepared;
}

struct PendingRecord::State {
  const IntakeContext& context;
  InFlight::Place place;
  std::string replayed;
  Begun begun;

  // Waits for the write; once more from the start when somebody else was quicker with one of the resources.
  Result<void> Finish() {
    for (int tried = 1;; ++tried) {
      auto written = begun.write.Get();
      if (written) return {};
      if (AboutContent(written.error().kind)) return Quarantine(std::move(written).error());
      if (written.error().kind != ErrorKind::kPrecondition || tried == kTries) return std::move(written).error();
      if (auto again = Again(); !again) return again;
    }
  }

  Result<void> Again() {
    json::Arena arena(1 << 16);
    formats::Record record;
    const std::string bytes = begun.keep->entry.bytes;
    record.index = begun.keep->answer.index;
    record.bytes = bytes;
    auto value = json::Parse(bytes, arena);
    if (!value) return std::move(value).error();
    record.value = *value;
    auto next = Begin(context, PrepareRecord(context, record, arena), arena, replayed);
    if (!next) return std::move(next).error();
    begun = *std::move(next);
    return {};
  }

  // The write path found the mapped resources wrong: the record is kept aside with what it said.
  Result<void> Quarantine(Error error) {
    Keep& keep = *begun.keep;
    keep.entry.state = store::InboxState::kQuarantined;
    keep.answer.outcome = RecordOutcome::kQuarantined;
    keep.issues.insert(keep.issues.end(), error.issues.begin(), error.issues.end());
    auto kept = interactions::WriteResources(context.services.interactions, context.requester,
                                             RequestOf(context, begun.keep, audit::Kind::kQuarantine));
    if (!kept) return std::move(kept).error();
    return {};
  }
};

PendingRecord::PendingRecord(std::unique_ptr<State> state) : state_(std::move(state)) {}
PendingRecord::PendingRecord(PendingRecord&&) noexcept = default;
PendingRecord& PendingRecord::operator=(PendingRecord&&) noexcept = default;
PendingRecord::~PendingRecord() = default;

Result<StoredRecord> PendingRecord::Get() {
  const std::unique_ptr<State> state = std::move(state_);
  if (auto finished = state->Finish(); !finished) return std::move(finished).error();
  Begun& begun = state->begun;
  StoredRecord stored{begun.keep->answer.outcome, std::move(begun.keep->line)};
  if (begun.answered && stored.outcome == RecordOutcome::kUnchanged) stored.line = *std::move(begun.answered);
  return stored;
}

Result<PendingRecord> SubmitRecord(const IntakeContext& context, PreparedRecord prepared, InFlight::Place place,
                                   json::Arena& arena, std::string_view replayed) {
  auto begun = Begin(context, std::move(prepared), arena, replayed);
  if (!begun) return std::move(begun).error();
  return PendingRecord(std::unique_ptr<PendingRecord::State>(
      new PendingRecord::State{context, std::move(place), std::string(replayed), *std::move(begun)}));
}

}  // namespace throughline::local
