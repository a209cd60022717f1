// A resource made ready to be stored: all that can be worked out before the writer has it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "certs/hash.h"
#include "fhir/base/clock.h"
#include "fhir/base/result.h"
#include "fhir/json/value.h"
#include "fhir/search/index_row.h"

namespace throughline::definitions {
class Definitions;
}
namespace throughline::search {
class Indexer;
}

namespace throughline::store {

// Raised with every change, here or in fhir/search, by which the same resource gets other rows or another compartment:
// what is stored is then indexed anew. A test holds the rows of examples against it.
inline constexpr int kRowRules = 1;

// Made on the caller's thread, so that the writer only writes.
class Draft {
 public:
  // `body`: an object with a resourceType. Its id becomes `id`; meta.versionId and meta.lastUpdated are left out, the
  // rest of meta is kept. `rows`: its index; `compartment`: "Patient/x", or empty. kInvalid, rule "resource-shape": no
  // object, no type, or `meta` is no object.
  static Result<Draft> Make(const json::Value& body, std::string_view id, std::vector<search::IndexRow> rows,
                            std::string compartment);

  const std::string& type() const { return type_; }
  const std::string& id() const { return id_; }
  const std::string& compartment() const { return compartment_; }
  // As the tables take them: composite ones in the place that store/composite.h gives them.
  const std::vector<search::IndexRow>& rows() const { return rows_; }
  // SHA-256 of the canonical bytes without version and time: the same content has the same hash.
  const certs::Digest& content() const { return content_; }

  // The bytes that are stored and served.
  std::string Bytes(std::int64_t version, Instant last_updated) const;

 private:
  std::string type_;
  std::string id_;
  std::string compartment_;
  std::string head_;  // up to where version and time go
  std::string tail_;
  std::vector<search::IndexRow> rows_;
  certs::Digest content_{};
};

// Makes drafts by the definitions: rows by the search parameters, the compartment by the first reference that puts the
// resource into one. Immutable; safe from several threads. What it is made of must outlive it.
class Drafter {
 public:
  // `compartment`: the type whose ids everything is kept by.
  Drafter(const definitions::Definitions& definitions, const search::Indexer& indexer,
          std::string_view compartment = "Patient");
  Result<Draft> Make(const json::Value& body, std::string_view id) const;
  // Of all that rows and compartments follow from: R4, the packages in their order, kRowRules. The same fingerprint:
  // the same rows for the same resource.
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  std::string CompartmentOf(std::string_view type, std::string_view id,
                            const std::vector<search::IndexRow>& rows) const;

  const search::Indexer& indexer_;
  std::string compartment_;
  std::string fingerprint_;
  std::map<std::string, std::vector<std::string>, std::less<>> parameters_;  // of a type, that lead to the compartment
};

}  // namespace throughline::store
