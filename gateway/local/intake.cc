#include "gateway/local/intake.h"

#include <deque>
#include <utility>

#include "certs/hash.h"
#include "gateway/interactions/write_resource.h"
#include "gateway/local/record.h"

namespace throughline::local {
namespace {

std::uint64_t& CounterOf(IntakeSummary& summary, RecordOutcome outcome) {
  switch (outcome) {
    case RecordOutcome::kCreated:
      return summary.created;
    case RecordOutcome::kUpdated:
      return summary.updated;
    case RecordOutcome::kUnchanged:
      return summary.unchanged;
    case RecordOutcome::kQuarantined:
      break;
  }
  return summary.quarantined;
}

// Writes the answer of a request around its records.
class Answer {
 public:
  Answer(AnswerForm form, formats::ByteSink& sink) : form_(form), sink_(sink) {}

  Result<void> Add(const StoredRecord& record) {
    ++CounterOf(summary_, record.outcome);
    std::string piece;
    if (form_ == AnswerForm::kDocument) piece = begun_ ? "," : R"({"records":[)";
    begun_ = true;
    piece += record.line;
    if (form_ == AnswerForm::kLines) piece += '\n';
    return sink_(piece);
  }

  Result<void> Finish() {
    std::string piece;
    if (form_ == AnswerForm::kDocument) piece = begun_ ? "]," : R"({"records":[],)";
    if (form_ == AnswerForm::kLines) piece = "{";
    piece += R"("summary":)" + SummaryObject(summary_) + "}";
    if (form_ == AnswerForm::kLines) piece += '\n';
    return sink_(piece);
  }

  const IntakeSummary& summary() const { return summary_; }

 private:
  AnswerForm form_;
  formats::ByteSink& sink_;
  IntakeSummary summary_;
  bool begun_ = false;
};

// Records on their way, answered in their order.
class Stream {
 public:
  Stream(const IntakeContext& context, Answer& answer) : context_(context), answer_(answer) {}

  Result<void> Take(const formats::Record& record, json::Arena& arena) {
    PreparedRecord prepared = PrepareRecord(context_, record, arena);
    auto place = context_.services.in_flight.TryEnter(prepared.answer.id);
    if (!place) {
      if (auto drained = Drain(0); !drained) return drained;
      place.emplace(context_.services.in_flight.Enter(prepared.answer.id));
    }
    auto pending = SubmitRecord(context_, std::move(prepared), *std::move(place), arena);
    if (!pending) return std::move(pending).error();
    waiting_.push_back(*std::move(pending));
    return Drain(context_.services.window - 1);
  }

  // Waits until at most `left` records are on their way.
  Result<void> Drain(std::size_t left) {
    while (waiting_.size() > left) {
      auto stored = waiting_.front().Get();
      waiting_.pop_front();
      if (!stored) return std::move(stored).error();
      if (auto given = answer_.Add(*stored); !given) return given;
    }
    return {};
  }

 private:
  const IntakeContext& context_;
  Answer& answer_;
  std::deque<PendingRecord> waiting_;
};

Result<void> RecordRefusal(const Services& services, const consent::Requester& requester, const std::string& map,
                           const Error& error) {
  audit::Row row;
  row.kind = error.kind == ErrorKind::kForbidden ? audit::Kind::kDenied : audit::Kind::kIntake;
  row.outcome = audit::Outcome::kMinor;
  row.target = map;
  row.reason = error.issues.empty() ? std::string(RowOf(error.kind).name) : error.issues.front().rule;
  return interactions::Record(services.interactions, requester, std::move(row));
}

// Refuses the request, once that is on record.
Error Refuse(const Services& services, const consent::Requester& requester, const std::string& map, Error error) {
  auto recorded = RecordRefusal(services, requester, map, error);
  return recorded ? std::move(error) : std::move(recorded).error();
}

// The sender and its Idempotency-Key, as a hash: the key is the sender's text and is not kept.
std::string RequestHash(const consent::Requester& requester, const std::string& key) {
  if (key.empty()) return {};
  return certs::ToHex(certs::HashOf(requester.client_id + '\n' + key));
}

Result<std::string> ReadWhole(const formats::ByteSource& body) {
  std::string bytes;
  constexpr std::size_t kStep = 1 << 16;
  for (;;) {
    const std::size_t had = bytes.size();
    bytes.resize(had + kStep);
    auto count = body(std::span<char>(bytes.data() + had, kStep));
    if (!count) return std::move(count).error();
    bytes.resize(had + *count);
    if (*count == 0) return bytes;
  }
}

// Reads a JSON file to its end without keeping anything: the first thing that cannot be read refuses all of it.
Result<std::string> CheckWhole(const formats::RecordFormat& format, const formats::Limits& limits,
                               std::string_view bytes) {
  formats::RecordReader reader(format, formats::FromMemory(bytes), limits);
  json::Arena arena;
  for (;;) {
    arena.Reset();
    auto record = reader.Next(arena);
    if (!record) return std::move(record).error();
    if (!*record) return std::string(reader.envelope());
    if ((*record)->error) return *std::move((*record)->error);
  }
}

Result<void> Run(formats::RecordReader& reader, Stream& stream) {
  json::Arena arena(1 << 16);
  for (;;) {
    arena.Reset();
    auto record = reader.Next(arena);
    if (!record) return std::move(record).error();
    if (!*record) return stream.Drain(0);
    if (auto taken = stream.Take(**record, arena); !taken) return taken;
  }
}

}  // namespace

Result<IntakeSummary> TakeIn(const Services& services, const consent::Requester& requester,
                             const IntakeRequest& request, formats::ByteSource body, formats::ByteSink answer) {
  const std::shared_ptr<const MapSet> maps = services.maps.Current();
  const plan::Map* map = maps->Find(request.map);
  if (!requester.scopes.CoverMap(request.map, consent::Action::kCreate)) {
    return Refuse(
        services, requester, map == nullptr ? "" : request.map,
        MakeError(ErrorKind::kForbidden, "scope", "this client's scopes do not let it send records by this map"));
  }
  if (map == nullptr) {
    return Refuse(services, requester, "",
                  MakeError(ErrorKind::kNotFound, "map-unknown", "no map of this name is served here"));
  }
  formats::RecordFormat format = map->format();
  if (request.syntax != format.syntax && request.syntax != formats::Syntax::kNdjson) {
    return Refuse(
        services, requester, request.map,
        MakeError(ErrorKind::kUnsupportedMedia, "map-format", "this map does not read files of this media type"));
  }
  format.syntax = request.syntax;
  if (request.encoding) format.csv.encoding = *request.encoding;
  IntakeContext context{
      services, requester, *map, audit::Kind::kIntake, RequestHash(requester, request.idempotency_key), {}};
  const formats::Limits limits{.record_bytes = services.record_bytes};
  std::string whole;
  if (format.syntax == formats::Syntax::kJson) {
    auto bytes = ReadWhole(body);
    if (!bytes) return Refuse(services, requester, request.map, std::move(bytes).error());
    whole = *std::move(bytes);
    auto envelope = CheckWhole(format, limits, whole);
    if (!envelope) return Refuse(services, requester, request.map, std::move(envelope).error());
    context.envelope = *std::move(envelope);
    body = formats::FromMemory(whole);
  }
  Answer out(request.form, answer);
  Stream stream(context, out);
  formats::RecordReader reader(
      format,
      [&](std::span<char> room) -> Result<std::size_t> {
        if (auto drained = stream.Drain(0); !drained) return std::move(drained).error();
        return body(room);
      },
      limits);
  if (auto begun = reader.Begin(); !begun) return Refuse(services, requester, request.map, std::move(begun).error());
  if (format.syntax == formats::Syntax::kCsv) context.envelope = reader.envelope();
  if (auto run = Run(reader, stream); !run) return std::move(run).error();
  if (auto finished = out.Finish(); !finished) return std::move(finished).error();
  return out.summary();
}

}  // namespace throughline::local
