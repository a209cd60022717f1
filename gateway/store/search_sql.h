// A search query as one SQL text with bound values: names come from tables in the program, never from the query.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/search/query.h"
#include "gateway/store/sql/connection.h"

namespace throughline::store {

struct SqlText {
  std::string text;
  std::vector<std::pair<std::string, std::variant<std::int64_t, std::string>>> values;  // "$v0"

  void BindTo(sql::Statement& statement) const;
};

// "FROM ... resource r WHERE ...": the current resources that meet the query, each once. The condition that likely
// leaves the fewest drives; the others are looked up for each of its rows, so that the cost follows the number of hits
// and not the size of the store. kNotSupported: a kind of parameter that has no index.
Result<SqlText> FromWhere(const search::Query& query);

}  // namespace throughline::store
