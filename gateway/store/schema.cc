#include "gateway/store/schema.h"

#include <cstdint>
#include <string>
#include <vector>

#include "fhir/base/date_time.h"
#include "gateway/store/sql/dialect.h"

namespace throughline::store {
namespace {

constexpr const char* kStepTable =
    "CREATE TABLE IF NOT EXISTS schema_step (step INTEGER PRIMARY KEY, name TEXT NOT NULL, applied TEXT NOT NULL)";

Result<std::vector<std::string>> AppliedSteps(sql::Connection& connection) {
  std::vector<std::string> names;
  sql::Statement steps = connection.Query("SELECT name FROM schema_step ORDER BY step");
  for (;;) {
    const auto row = steps.Step();
    if (!row) return row.error();
    if (!*row) return names;
    names.emplace_back(steps.Text(0));
  }
}

Result<void> Refuse(const std::vector<std::string>& applied) {
  const auto known = SchemaSteps();
  if (applied.size() > known.size()) {
    return MakeError(ErrorKind::kUnprocessable, "schema-newer",
                     "the database was made by a newer version of this program; run that version, or restore a backup");
  }
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (applied[i] != known[i].name) {
      return MakeError(ErrorKind::kUnprocessable, "schema-foreign", "the database is not one of this program");
    }
  }
  return {};
}

Result<void> Apply(sql::Connection& connection, std::size_t place, Instant now) {
  const SchemaStep& step = SchemaSteps()[place];
  if (auto done = connection.Execute(std::string(sql::kSqlite.begin_write)); !done) return done;
  auto done = connection.Execute(sql::Spell(step.text, sql::kSqlite));
  if (done) {
    done = connection.Query("INSERT INTO schema_step (step, name, applied) VALUES ($step, $name, $applied)")
               .Bind("$step", static_cast<std::int64_t>(place + 1))
               .Bind("$name", step.name)
               .Bind("$applied", FormatInstant(now))
               .Run();
  }
  if (done) done = connection.Execute("COMMIT");
  if (!done && connection.InTransaction()) static_cast<void>(connection.Execute("ROLLBACK"));
  return done;
}

}  // namespace

Result<void> Migrate(sql::Connection& connection, Instant now) {
  if (auto done = connection.Execute(kStepTable); !done) return done;
  const auto applied = AppliedSteps(connection);
  if (!applied) return applied.error();
  if (auto refused = Refuse(*applied); !refused) return refused;
  for (std::size_t place = applied->size(); place < SchemaSteps().size(); ++place) {
    if (auto done = Apply(connection, place, now); !done) return done;
  }
  return {};
}

}  // namespace throughline::store
