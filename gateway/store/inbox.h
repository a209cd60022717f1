// Local records as they came in: kept before anything else is done with them, so that none is lost and each can be
// mapped again. Holds patients' data: blanked after its time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/clock.h"
#include "fhir/base/result.h"

namespace throughline::store {

enum class InboxState : std::uint8_t { kAccepted, kQuarantined };

struct MadeResource {
  std::string name;  // in the map: "barrier[0]"
  std::string type;
  std::string id;
  std::int64_t version = 0;
};

struct InboxEntry {
  std::int64_t entry = 0;  // given by Append
  std::string record;      // opaque id of the record: the same for each time it is sent
  std::string map;
  std::string map_version;
  std::string client;  // who sent it
  InboxState state = InboxState::kQuarantined;
  Instant received;
  Instant keep_until;       // then its bytes are blanked
  std::string compartment;  // "Patient/x"; empty: not known (quarantined)
  std::string bytes;        // as received; empty once blanked
  std::string envelope;     // id of its file's envelope; empty: none
  std::string issues;       // JSON, as the local room writes it
  std::string ledger;       // JSON, as the local room writes it
  std::vector<MadeResource> resources;
};

struct InboxPage {
  std::vector<InboxEntry> entries;   // without bytes, issues and ledger
  std::optional<std::int64_t> next;  // pass as `after`
};

struct InboxQuestion {
  std::string map;                  // empty: any
  std::optional<InboxState> state;  // nothing: any
  std::string compartment;          // "Patient/x": only this person's; empty: any
  std::int64_t after = 0;           // entries with higher numbers
  std::size_t limit = 50;
};

class Inbox {
 public:
  virtual ~Inbox() = default;

  // Nothing: no such entry.
  virtual Result<std::optional<InboxEntry>> Entry(std::int64_t entry) const = 0;
  // The newest accepted entry of a record; nothing: none was accepted.
  virtual Result<std::optional<InboxEntry>> Latest(std::string_view map, std::string_view record) const = 0;
  // The newest entry of a record in any state.
  virtual Result<std::optional<InboxEntry>> Newest(std::string_view map, std::string_view record) const = 0;
  // The newest accepted entry that made this resource; nothing: no record did.
  virtual Result<std::optional<InboxEntry>> MadeBy(std::string_view map, std::string_view type,
                                                   std::string_view id) const = 0;
  virtual Result<InboxPage> List(const InboxQuestion& question) const = 0;
  virtual Result<std::optional<std::string>> Envelope(std::string_view id) const = 0;

  // In a transaction only. Append gives the entry's number; `entry.entry` is not looked at.
  virtual Result<std::int64_t> Append(const InboxEntry& entry) = 0;
  // Writes what became of an entry that was tried again: everything but its number, received time and client.
  virtual Result<void> Replace(const InboxEntry& entry) = 0;
  // Keeps an envelope once and gives its id (a hash of map and bytes).
  virtual Result<std::string> KeepEnvelope(std::string_view map, std::string_view bytes) = 0;
  // Blanks the bytes, issues and ledger of entries kept until before `now`, at most `limit`; says how many.
  virtual Result<std::size_t> Blank(Instant now, std::size_t limit) = 0;
};

}  // namespace throughline::store
