// Resource -> index rows, by the SearchParameter expressions of the definitions alone.
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

// Safe from several threads. The definitions must outlive it.
class Indexer {
 public:
  // Costs nothing: the expressions of a resource type are compiled when the first resource of the type comes.
  // `base_url` ("https://gateway.example/fhir", may be empty): references that start with it are local.
  static Indexer Make(const definitions::Definitions& definitions, std::string_view base_url = {});
  // What is wrong with the search parameters from `first_row` of the definitions on: rule "search-expression", with the
  // package, the url and the reason for each whose expression does not compile or whose components cannot be found.
  // Those have no rows.
  static Issues Check(const definitions::Definitions& definitions, std::size_t first_row = 0);
  Indexer(Indexer&&) noexcept;
  Indexer& operator=(Indexer&&) noexcept;
  ~Indexer();

  // Appends the rows of `resource`: parameters in the order of the definitions, a value once; `_id` and `_lastUpdated`
  // are among them when the resource has them. Nothing for what is no resource. Values that do not convert give no row.
  // Times without a zone (dates are such) are taken as UTC: https://hl7.org/fhir/R4/search.html#date leaves it to us.
  // What cannot be evaluated on this resource gives no row either. The answer says so, once a parameter: rule
  // "search-costly", an error, over the budget of steps; "search-unknown", a warning, for any other reason.
  Issues Rows(const json::Value& resource, std::vector<IndexRow>& rows) const;

 private:
  struct Plans;
  explicit Indexer(std::unique_ptr<const Plans> plans);
  std::unique_ptr<const Plans> plans_;
};

}  // namespace throughline::search
