// FHIR resources: versions, tombstones, search.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/clock.h"
#include "fhir/base/result.h"

namespace throughline::search {
struct Query;
}

namespace throughline::store {

class Draft;

// One version of a resource. https://hl7.org/fhir/R4/resource.html#metadata
struct Version {
  std::string type;
  std::string id;
  std::int64_t version = 0;
  Instant last_updated;
  bool deleted = false;     // a tombstone: `body` is empty
  std::string compartment;  // "Patient/x": whose record it belongs to; empty: nobody's
  std::string body;         // canonical JSON with meta.versionId and meta.lastUpdated: the bytes to serve
};

enum class Change : std::uint8_t { kCreated, kUpdated, kUnchanged, kDeleted };

struct Stored {
  Change change = Change::kUnchanged;
  Version version;  // as it is now
};

// What the writer checks before it writes.
struct Expect {
  std::optional<std::int64_t> version;  // this is the current version, else kPrecondition, rule "version-conflict"
  bool absent = false;                  // there is no current one, else kPrecondition, rule "already-there"
};

// Which of the resources asked for may be seen. Not constructible by accident: only the read gate says so, after it
// has asked for consent.
class Visible {
 public:
  static Visible Everything() { return Visible{}; }

 private:
  Visible() = default;
};

struct Page {
  std::vector<Version> entries;
  std::optional<std::int64_t> next;  // pass as `after` for the next page; nothing: this was the last
};

class Resources {
 public:
  virtual ~Resources() = default;

  // The current version, tombstones too. Nothing: there never was one.
  virtual Result<std::optional<Version>> Current(std::string_view type, std::string_view id, Visible visible) const = 0;
  virtual Result<std::optional<Version>> At(std::string_view type, std::string_view id, std::int64_t version,
                                            Visible visible) const = 0;
  // Versions of one resource, newest first; `after`: only those older than that version.
  virtual Result<Page> History(std::string_view type, std::string_view id, std::optional<std::int64_t> after,
                               std::size_t limit, Visible visible) const = 0;

  // Current resources that meet the query, in the order in which they were created. `after`: from the page before.
  virtual Result<Page> Search(const search::Query& query, std::optional<std::int64_t> after, Visible visible) const = 0;
  virtual Result<std::uint64_t> Count(const search::Query& query, Visible visible) const = 0;

  // In a transaction only (kInternal in a snapshot). Put: same content as the current version = kUnchanged and nothing
  // is written; a deleted one comes back with the next version.
  virtual Result<Stored> Put(const Draft& draft, const Expect& expect) = 0;
  // Writes a tombstone. kUnchanged: it was deleted already. kNotFound: there never was one.
  virtual Result<Stored> Delete(std::string_view type, std::string_view id, const Expect& expect) = 0;
};

}  // namespace throughline::store
