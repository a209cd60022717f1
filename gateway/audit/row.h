// What happened, as one row: who did what to whose record, and how it ended.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/clock.h"

namespace throughline::audit {

// What is put on record. One row of `Kinds()` each; add a kind by adding a row.
enum class Kind : std::uint8_t {
  kStart,       // the gateway started
  kStop,        // the gateway stopped
  kIntake,      // a local record came in and was stored
  kQuarantine,  // a local record came in and was kept aside
  kReplay,      // a record kept aside was tried again
  kView,        // a local view was handed out
  kPreview,     // a record was mapped without being stored
  kCreate,
  kRead,
  kVRead,
  kUpdate,
  kDelete,
  kHistory,
  kSearch,
  kDenied,    // refused before it was known what was asked for
  kOperator,  // an operator's command: verify, backup, quarantine
};

// How a kind is told in FHIR. https://hl7.org/fhir/R4/auditevent.html
struct KindRow {
  Kind kind;
  std::string_view name;  // stored in the log: "intake"
  std::string_view type_system;
  std::string_view type_code;
  std::string_view subtype_system;
  std::string_view subtype_code;
  char action;  // C R U D E
};

std::span<const KindRow> Kinds();  // in the order of the enum
const KindRow& RowOf(Kind kind);

// https://hl7.org/fhir/R4/valueset-audit-event-outcome.html
enum class Outcome : std::uint8_t { kSuccess = 0, kMinor = 4, kSerious = 8, kMajor = 12 };

// A resource that was shown, stored or deleted.
struct Entity {
  std::string what;     // "CarePlan/x/_history/1"
  std::string patient;  // "Patient/y"; empty: belongs to nobody
};

struct Row {
  Kind kind = Kind::kDenied;
  Outcome outcome = Outcome::kSuccess;
  Instant recorded;    // written down to the millisecond
  std::string client;  // the registered client's id; empty: not known who
  std::string organization;
  std::string peer;     // network address
  std::string request;  // request id
  std::string purpose;  // purpose of use, a code of v3-PurposeOfUse; may be empty
  std::string target;   // what was asked for: "CarePlan", "CarePlan/x", a map's name
  std::string query;    // the search as it was asked; may be empty
  std::string reason;   // stable rule id of a refusal; empty on success
  std::vector<Entity> entities;
};

}  // namespace throughline::audit
