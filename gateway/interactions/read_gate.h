// The one read gate: consent is asked before anything is counted, paged or rendered; what is hidden is answered as what
// never was; and what is handed out is on record before it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/search/query.h"
#include "gateway/audit/row.h"
#include "gateway/consent/requester.h"
#include "gateway/interactions/services.h"

namespace throughline::interactions {

// One version as it may be shown.
struct Resource {
  std::string type;
  std::string id;
  std::int64_t version = 0;
  Instant last_updated;
  std::string body;  // the stored bytes
};

struct Key {
  std::string type;
  std::string id;
};

struct ResourcePage {
  std::vector<Resource> entries;
  std::optional<std::uint64_t> total;  // of the whole search; nothing when it was not asked for
  std::optional<std::int64_t> next;    // place of the next page
};

// How the reading is put on record.
struct Purpose {
  audit::Kind kind = audit::Kind::kRead;
  std::string target;  // "CarePlan/x", a map's name; empty: made from what is read
  std::string query;   // a search as it was asked
};

// Errors of all of them: kForbidden (the client's scopes do not cover the type), kNotFound (hidden or never there: the
// same answer), kGone (deleted, and the client may know), kThrottled, kTimeout, kUnavailable (it could not be put on
// record, so it is not shown).
Result<Resource> ReadCurrent(const Services& services, const consent::Requester& requester, const Key& key,
                             const Purpose& purpose = {});
Result<Resource> ReadVersion(const Services& services, const consent::Requester& requester, const Key& key,
                             std::int64_t version, const Purpose& purpose = {audit::Kind::kVRead, {}, {}});

// Several at once over one snapshot, one audit row: those that are there and may be seen, in the order asked for;
// hidden, deleted and unknown ones are left out.
Result<std::vector<Resource>> ReadMany(const Services& services, const consent::Requester& requester,
                                       std::span<const Key> keys, const Purpose& purpose);

// One page; `after` from the page before. The query's types (chained ones too) must all be covered.
Result<ResourcePage> FindResources(const Services& services, const consent::Requester& requester,
                                   const search::Query& query, std::optional<std::int64_t> after,
                                   const Purpose& purpose);

}  // namespace throughline::interactions
