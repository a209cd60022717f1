// The one write path: scope and consent -> validate -> label -> store + index + audit, in one transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"
#include "gateway/audit/row.h"
#include "gateway/consent/requester.h"
#include "gateway/interactions/services.h"

namespace throughline::interactions {

// One resource to be stored or deleted.
struct ResourceWrite {
  std::string type;
  std::string id;
  json::Value body;                              // null: delete. Must live until SubmitWrite() returns.
  std::optional<std::int64_t> expected_version;  // If-Match; else kPrecondition
  bool only_new = false;                         // If-None-Match: *
  // Completes `body` with what is to be kept of the version that is stored now; not called when there is none. The
  // write then only holds against that version: kPrecondition when another one came in between, and it is worth a new
  // try. Called before SubmitWrite() returns.
  std::function<json::Value(const json::Value& stored, const json::Value& body, json::Arena& arena)> complete = {};
};

enum class Outcome : std::uint8_t { kCreated, kUpdated, kUnchanged, kDeleted };

// What became of one of them.
struct Written {
  std::string type;
  std::string id;
  Outcome outcome = Outcome::kUnchanged;
  std::int64_t version = 0;
  Instant last_updated;
  std::string compartment;  // "Patient/x": whose record it belongs to; empty: nobody's
  std::string body;         // the stored bytes; empty for deletes
};

struct WriteRequest {
  std::vector<ResourceWrite> writes;  // in an order in which references point back; may be empty
  audit::Kind kind = audit::Kind::kUpdate;
  std::string target;  // for the audit: "CarePlan/x", a map's name
  // More to be done in the same commit, after the resources were written; an error undoes everything. Runs on the
  // store's writer thread: own what it needs, and be quick.
  std::function<Result<void>(store::Transaction&, std::span<const Written>)> also;
};

// A write that is on its way. Get() waits until it is durable; once only.
class PendingWrite {
 public:
  PendingWrite(PendingWrite&&) noexcept;
  PendingWrite& operator=(PendingWrite&&) noexcept;
  ~PendingWrite();  // does not wait; the write goes on

  // One Written for each of the request's writes, in its order. Errors:
  //   kForbidden       the client's scopes do not cover one of them
  //   kInvalid         structure, required, value; all issues of all resources, each expression as in its resource
  //   kUnprocessable   bindings, invariants
  //   kPrecondition    version or absence is not as expected
  //   kNotFound        delete of what never was
  //   kThrottled, kUnavailable   nothing is known to be stored
  // Every refusal is on record before it is answered.
  Result<std::vector<Written>> Get();

 private:
  struct State;
  explicit PendingWrite(std::unique_ptr<State> state);
  friend PendingWrite SubmitWrite(const Services&, const consent::Requester&, WriteRequest);
  std::unique_ptr<State> state_;
};

// Checks and prepares on the caller's thread, queues, and returns: keep several in flight for a stream.
PendingWrite SubmitWrite(const Services& services, const consent::Requester& requester, WriteRequest request);

Result<std::vector<Written>> WriteResources(const Services& services, const consent::Requester& requester,
                                            WriteRequest request);

// Puts a row on record by itself, durable when it returns: refusals, starts, quarantines. `row` gets the requester's
// members.
Result<void> Record(const Services& services, const consent::Requester& requester, audit::Row row);

// The row's members that tell who asked, for rows written inside `also`.
audit::Row RowFor(const consent::Requester& requester, audit::Kind kind, std::string target);

}  // namespace throughline::interactions
