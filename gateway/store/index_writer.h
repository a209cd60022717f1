// Index rows of one resource, put in the place of those that were there.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "fhir/base/result.h"
#include "gateway/store/draft.h"
#include "gateway/store/sql/connection.h"

namespace throughline::store {

// On the writer's connection. Remembers the numbers of parameters until Forget().
class IndexWriter {
 public:
  explicit IndexWriter(sql::Connection& connection) : connection_(connection) {}

  Result<void> Add(std::int64_t rid, const Draft& draft);
  Result<void> Remove(std::int64_t rid);
  // After an undo: a number given since then may not be there any more.
  void Forget() { parameters_.clear(); }

 private:
  Result<std::int64_t> ParameterOf(std::string_view type, std::string_view code);

  sql::Connection& connection_;
  std::map<std::string, std::int64_t, std::less<>> parameters_;  // "Type code"
};

}  // namespace throughline::store
