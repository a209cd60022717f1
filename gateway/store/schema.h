// The tables, and the steps that lead to them.
#pragma once

#include <span>
#include <string_view>

#include "fhir/base/clock.h"
#include "fhir/base/result.h"
#include "gateway/store/sql/connection.h"

namespace throughline::store {

// A file of schema/: "0001_start". Once released, a step is never changed.
struct SchemaStep {
  std::string_view name;
  std::string_view text;
};

// All steps, in order.
std::span<const SchemaStep> SchemaSteps();

// Brings the database to the last step, each step in its own transaction. kUnprocessable, rule "schema-newer": the
// database has steps that this program does not know; "schema-foreign": it is no database of ours.
Result<void> Migrate(sql::Connection& connection, Instant now);

}  // namespace throughline::store
