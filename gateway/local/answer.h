// What the sender is told of a record, and of a whole request. https://hl7.org/fhir/R4/operationoutcome.html for
// `issue`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/error.h"
#include "gateway/interactions/write_resource.h"
#include "gateway/local/intake.h"
#include "mappings/engine/ledger.h"

namespace throughline::local {

enum class RecordOutcome : std::uint8_t { kCreated, kUpdated, kUnchanged, kQuarantined };

// "created", "updated", "unchanged", "quarantined".
std::string_view CodeOf(RecordOutcome outcome);

struct RecordAnswer {
  std::uint64_t index = 0;  // place in the request, from 0
  std::string key;          // as the sender's system numbers it; empty when a part of it is missing
  std::string id;           // opaque: what views and the quarantine go by
  RecordOutcome outcome = RecordOutcome::kQuarantined;
};

// {"index":0,"key":"...","id":"...","outcome":"created","resources":[{"reference":"CarePlan/x","version":"1"}],"issue":[...],
// "ledger":[{"field","path","kind","reason"}]}; a resource that the record no longer makes carries "deleted":true.
std::string AnswerLine(const RecordAnswer& answer, std::span<const interactions::Written> written, const Issues& issues,
                       std::span<const engine::LedgerRow> ledger);

// {"created":8,"updated":0,"unchanged":0,"quarantined":0}
std::string SummaryObject(const IntakeSummary& summary);

// "issue":[...] and "ledger":[...] without what is around them.
void AppendIssues(const Issues& issues, std::string& out);
void AppendLedger(std::span<const engine::LedgerRow> ledger, std::string& out);

}  // namespace throughline::local
