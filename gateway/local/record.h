// One local record on its way into the store.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/json/arena.h"
#include "gateway/consent/requester.h"
#include "gateway/local/answer.h"
#include "gateway/local/services.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/formats/record_reader.h"

namespace throughline::local {

// What all records of one request have in common. Outlives them.
struct IntakeContext {
  const Services& services;
  const consent::Requester& requester;
  const plan::Map& map;
  audit::Kind kind = audit::Kind::kIntake;
  std::string request;   // hash of the sender and its Idempotency-Key; empty: none
  std::string envelope;  // what stands around the records; empty: nothing
};

// A record that was mapped and is not stored yet. Its views live as long as the arena and the reader's buffer.
struct PreparedRecord {
  RecordAnswer answer;
  std::string_view bytes;
  engine::Mapped mapped;
  bool quarantine = false;
};

PreparedRecord PrepareRecord(const IntakeContext& context, const formats::Record& record, json::Arena& arena);

struct StoredRecord {
  RecordOutcome outcome = RecordOutcome::kQuarantined;
  std::string line;
};

// A record whose commit is under way. It holds its place in InFlight until Get() is done or its end.
class PendingRecord {
 public:
  PendingRecord(PendingRecord&&) noexcept;
  PendingRecord& operator=(PendingRecord&&) noexcept;
  ~PendingRecord();

  // Waits until it is durable; once only. A record that the write path refuses for its content is quarantined with what
  // it said. Errors: the store could not take it, or the client may not write it; it is not known to be stored.
  Result<StoredRecord> Get();

 private:
  struct State;
  explicit PendingRecord(std::unique_ptr<State> state);
  friend Result<PendingRecord> SubmitRecord(const IntakeContext&, PreparedRecord, InFlight::Place, json::Arena&,
                                            std::string_view);
  std::unique_ptr<State> state_;
};

// `place`: of the record's id. `replayed`: the quarantined record's id that this is another try of; empty otherwise.
// `prepared` and `arena`, that of its preparing, are done with when it returns.
Result<PendingRecord> SubmitRecord(const IntakeContext& context, PreparedRecord prepared, InFlight::Place place,
                                   json::Arena& arena, std::string_view replayed = {});

}  // namespace throughline::local
