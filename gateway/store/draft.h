// A resource made ready to be stored: all that can be worked out before the writer has it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "certs/hash.h"
#include "fhir/base/clock.h"
#include "fhir/base/result.h"
#include "fhir/json/value.h"
#include "fhir/search/index_row.h"

namespace throughline::search {
class Indexer;
}

namespace throughline::store {

// Made on the caller's thread, so that the writer only writes.
class Draft {
 public:
  // `body`: an object with a resourceType. Its id becomes `id`; meta.versionId and meta.lastUpdated are left out, the
  // rest of meta is kept. kInvalid: no object, no type, `meta` is no object.
  static Result<Draft> Make(const json::Value& body, std::string_view id, const search::Indexer& indexer);

  const std::string& type() const { return type_; }
  const std::string& id() const { return id_; }
  const std::vector<search::IndexRow>& rows() const { return rows_; }
  // SHA-256 of the canonical bytes without version and time: the same content has the same hash.
  const certs::Digest& content() const { return content_; }

  // The bytes that are stored and served.
  std::string Bytes(std::int64_t version, Instant last_updated) const;

 private:
  std::string type_;
  std::string id_;
  std::string head_;  // up to where version and time go
  std::string tail_;
  std::vector<search::IndexRow> rows_;
  certs::Digest content_{};
};

}  // namespace throughline::store
