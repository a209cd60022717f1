// Whether an index row meets a search value, as SQL: one function for each kind of value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/search/query.h"
#include "gateway/store/search_sql.h"

namespace throughline::store {

// Gives values their names while a text is made.
class Binder {
 public:
  explicit Binder(SqlText& out) : out_(out) {}
  std::string Bind(std::int64_t value);
  std::string Bind(std::string_view value);

 private:
  SqlText& out_;
};

// Over the columns of the value's index table under the name `t`; see search/query.h for what each means.
std::string RowTest(const search::Condition& condition, const search::ConditionValue& value, const std::string& t,
                    Binder& binder);

// DateValue over any two columns.
std::string DateTest(const search::DateValue& value, const std::string& start, const std::string& end, Binder& binder);

}  // namespace throughline::store
