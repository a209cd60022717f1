// Resource -> index rows, by the SearchParameter expressions of R4 alone.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/definitions/definitions.h"
#include "fhir/json/value.h"
#include "fhir/search/index_row.h"

namespace throughline::search {

// Immutable; safe from several threads. The definitions must outlive it.
class Indexer {
 public:
  // Compiles every expression. `base_url` ("https://gateway.example/fhir", may be empty): references that start with it
  // are local. kInternal: an expression of the definitions does not compile.
  static Result<Indexer> Make(const definitions::Definitions& definitions, std::string_view base_url = {});
  Indexer(Indexer&&) noexcept;
  Indexer& operator=(Indexer&&) noexcept;
  ~Indexer();

  // Appends the rows of `resource`: parameters in the order of the definitions, a value once; `_id` and `_lastUpdated`
  // are among them when the resource has them. Nothing for what is no resource. Values that do not convert give no row.
  void Rows(const json::Value& resource, std::vector<IndexRow>& rows) const;

 private:
  struct Plans;
  explicit Indexer(std::unique_ptr<const Plans> plans);
  std::unique_ptr<const Plans> plans_;
};

}  // namespace throughline::search
