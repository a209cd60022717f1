#include "gateway/interactions/write_resource.h"

#include <algorithm>
#include <array>
#include <future>
#include <iterator>
#include <utility>

#include "fhir/json/arena.h"
#include "fhir/json/parse.h"
#include "fhir/validate/validate.h"
#include "gateway/consent/decide.h"
#include "gateway/interactions/refuse.h"
#include "gateway/store/audit_log.h"
#include "gateway/store/resources.h"

namespace throughline::interactions {
namespace {

constexpr std::array<Outcome, 4> kOutcomes = {Outcome::kCreated, Outcome::kUpdated, Outcome::kUnchanged,
                                              Outcome::kDeleted};
static_assert(static_cast<int>(store::Change::kDeleted) == 3);

// One write, ready for the store.
struct Prepared {
  std::optional<store::Draft> draft;  // nothing: delete
  store::Expect expect;
  std::string type;
  std::string id;
  bool may_create = false;
  bool may_update = false;
};

bool Permitted(const consent::Requester& requester, consent::Action action, std::string_view type) {
  return consent::Decide(requester, {action, type}).reach() != consent::Predicate::Reach::kNothing;
}

Result<Prepared> Allow(const consent::Requester& requester, const ResourceWrite& write) {
  Prepared prepared;
  prepared.type = write.type;
  prepared.id = write.id;
  prepared.expect = {write.expected_version, write.only_new};
  prepared.may_create = Permitted(requester, consent::Action::kCreate, write.type);
  prepared.may_update = Permitted(requester, consent::Action::kUpdate, write.type);
  const bool deletes = write.body.is_null();
  const bool allowed = deletes ? Permitted(requester, consent::Action::kDelete, write.type)
                               : prepared.may_create || (prepared.may_update && !write.only_new);
  if (!allowed) return OutOfScope();
  return prepared;
}

// Two writes of one resource in one request would depend on their order.
bool HasDoubles(const std::vector<ResourceWrite>& writes) {
  std::vector<std::pair<std::string_view, std::string_view>> keys;
  for (const ResourceWrite& write : writes) keys.emplace_back(write.type, write.id);
  std::ranges::sort(keys);
  return std::ranges::adjacent_find(keys) != keys.end();
}

using Currents = std::vector<std::optional<store::Version>>;

// The stored versions that writes are completed with, over one snapshot.
Result<Currents> ReadCurrents(const Services& services, const std::vector<ResourceWrite>& writes) {
  Currents currents(writes.size());
  if (std::ranges::none_of(writes, [](const ResourceWrite& write) { return bool(write.complete); })) return currents;
  auto read = services.store.Read([&](const store::Snapshot& snapshot) -> Result<void> {
    for (std::size_t i = 0; i < writes.size(); ++i) {
      if (!writes[i].complete) continue;
      auto version = snapshot.resources().Current(writes[i].type, writes[i].id, store::Visible::Everything());
      if (!version) return std::move(version).error();
      currents[i] = *std::move(version);
    }
    return {};
  });
  if (!read) return std::move(read).error();
  return currents;
}

// The body with what is kept of the stored version, which the write then expects to find.
Result<json::Value> Complete(const ResourceWrite& write, const std::optional<store::Version>& current,
                             Prepared& prepared, json::Arena& arena) {
  if (!write.complete) return write.body;
  prepared.expect.absent = !current || current->deleted;
  if (prepared.expect.absent) return write.body;
  prepared.expect.version = current->version;
  auto stored = json::Parse(current->body, arena);
  if (!stored) return MakeError(ErrorKind::kInternal, "stored-body", "a stored resource cannot be read");
  return write.complete(*stored, write.body, arena);
}

// Completes, labels, checks and drafts one resource; what is wrong with it goes to `issues`.
Result<void> Prepare(const Services& services, const ResourceWrite& write, const std::optional<store::Version>& current,
                     Prepared& prepared, Issues& issues) {
  if (write.body.is_null()) return {};
  json::Arena arena;
  auto complete = Complete(write, current, prepared, arena);
  if (!complete) return std::move(complete).error();
  const json::Value body = services.labeller == nullptr ? *complete : services.labeller->Label(*complete, arena);
  // What changes the meaning of a resource must be understood before it is kept for others to act on.
  Issues found = validate::Check(body, services.definitions,
                                 {.unknown_modifiers = false,
                                  .rule_steps = services.rule_steps,
                                  .now = services.clock.Now(),
                                  .profile_plans = services.profiles});
  const bool refused = HasErrors(found);
  std::ranges::move(found, std::back_inserter(issues));
  if (refused) return {};
  auto draft = services.drafter.Make(body, write.id);
  if (draft) {
    prepared.draft = *std::move(draft);
  } else {
    std::ranges::move(draft.error().issues, std::back_inserter(issues));
  }
  return {};
}

Result<std::vector<Prepared>> PrepareAll(const Services& services, const consent::Requester& requester,
                                         const WriteRequest& request) {
  std::vector<Prepared> all;
  for (const ResourceWrite& write : request.writes) {
    auto prepared = Allow(requester, write);
    if (!prepared) return std::move(prepared).error();
    all.push_back(*std::move(prepared));
  }
  if (HasDoubles(request.writes)) {
    return MakeError(ErrorKind::kInvalid, "write-twice", "one request writes the same resource twice");
  }
  auto currents = ReadCurrents(services, request.writes);
  if (!currents) return std::move(currents).error();
  Issues issues;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto done = Prepare(services, request.writes[i], (*currents)[i], all[i], issues);
    if (!done) return std::move(done).error();
  }
  if (HasErrors(issues)) {
    const ErrorKind kind = validate::KindOf(issues);
    return Error{kind, "the resource was refused", std::move(issues)};
  }
  return all;
}

Written WrittenOf(store::Stored stored) {
  Written written;
  written.type = std::move(stored.version.type);
  written.id = std::move(stored.version.id);
  written.outcome = kOutcomes[static_cast<std::size_t>(stored.change)];
  written.version = stored.version.version;
  written.last_updated = stored.version.last_updated;
  written.compartment = std::move(stored.version.compartment);
  written.body = std::move(stored.version.body);
  return written;
}

Result<Written> WriteOne(store::Transaction& transaction, const Prepared& prepared) {
  auto stored = prepared.draft ? transaction.resources().Put(*prepared.draft, prepared.expect)
                               : transaction.resources().Delete(prepared.type, prepared.id, prepared.expect);
  if (!stored) return std::move(stored).error();
  const bool creates = stored->change == store::Change::kCreated;
  if (prepared.draft && !(creates ? prepared.may_create : prepared.may_update)) return OutOfScope();
  return WrittenOf(*std::move(stored));
}

// What runs on the store's writer. Results are shared with the PendingWrite, which may be gone by then.
struct Commit {
  std::vector<Prepared> prepared;
  audit::Row row;
  std::function<Result<void>(store::Transaction&, std::span<const Written>)> also;
  std::shared_ptr<std::vector<Written>> written;

  Result<void> operator()(store::Transaction& transaction) {
    for (const Prepared& one : prepared) {
      auto done = WriteOne(transaction, one);
      if (!done) return std::move(done).error();
      row.entities.push_back(EntityOf(done->type, done->id, done->version, done->compartment));
      written->push_back(*std::move(done));
    }
    if (also) {
      if (auto done = also(transaction, *written); !done) return done;
    }
    auto appended = transaction.audit().Append(row);
    if (!appended) return std::move(appended).error();
    return {};
  }
};

}  // namespace

struct PendingWrite::State {
  const Services& services;
  audit::Row row;                      // what a refusal is put on record with
  std::optional<Error> refused;        // before anything was queued
  std::future<Result<void>> recorded;  // of that refusal
  std::future<Result<void>> stored;
  std::shared_ptr<std::vector<Written>> written;
};

PendingWrite::PendingWrite(std::unique_ptr<State> state) : state_(std::move(state)) {}
PendingWrite::PendingWrite(PendingWrite&&) noexcept = default;
PendingWrite& PendingWrite::operator=(PendingWrite&&) noexcept = default;
PendingWrite::~PendingWrite() = default;

Result<std::vector<Written>> PendingWrite::Get() {
  const std::unique_ptr<State> state = std::move(state_);
  if (state->refused) {
    if (auto recorded = state->recorded.get(); !recorded) return std::move(recorded).error();
    return *std::move(state->refused);
  }
  auto stored = state->stored.get();
  if (stored) return std::move(*state->written);
  Error error = std::move(stored).error();
  // The store's own trouble cannot be put on record; what the client did wrong has to be.
  if (RowOf(error.kind).http_status >= 500 || error.kind == ErrorKind::kThrottled) return error;
  return Refuse(state->services, std::move(state->row), std::move(error));
}

PendingWrite SubmitWrite(const Services& services, const consent::Requester& requester, WriteRequest request) {
  auto state = std::make_unique<PendingWrite::State>(
      PendingWrite::State{services, RowFor(requester, request.kind, request.target), {}, {}, {}, {}});
  auto prepared = PrepareAll(services, requester, request);
  if (!prepared) {
    state->refused = std::move(prepared).error();
    state->recorded = SubmitRow(services, RefusalOf(state->row, *state->refused));
    return PendingWrite(std::move(state));
  }
  state->written = std::make_shared<std::vector<Written>>();
  state->stored =
      services.store.Submit(Commit{*std::move(prepared), state->row, std::move(request.also), state->written});
  return PendingWrite(std::move(state));
}

Result<std::vector<Written>> WriteResources(const Services& services, const consent::Requester& requester,
                                            WriteRequest request) {
  return SubmitWrite(services, requester, std::move(request)).Get();
}

Result<void> Record(const Services& services, const consent::Requester& requester, audit::Row row) {
  audit::Row whole = RowFor(requester, row.kind, std::move(row.target));
  whole.outcome = row.outcome;
  whole.recorded = row.recorded;
  whole.query = std::move(row.query);
  whole.reason = std::move(row.reason);
  whole.entities = std::move(row.entities);
  return SubmitRow(services, std::move(whole)).get();
}

audit::Row RowFor(const consent::Requester& requester, audit::Kind kind, std::string target) {
  audit::Row row;
  row.kind = kind;
  row.client = requester.client_id;
  row.organization = requester.organization;
  row.peer = requester.peer;
  row.request = requester.request_id;
  row.purpose = requester.purpose;
  row.target = std::move(target);
  return row;
}

}  // namespace throughline::interactions
