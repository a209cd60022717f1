#include "gateway/store/sql_index.h"

#include "gateway/store/read_only.h"

namespace throughline::store {
namespace {

constexpr std::string_view kAfter =
    "SELECT rid, id, version, body FROM resource WHERE rid > $after AND deleted = 0 ORDER BY rid LIMIT $count";
constexpr std::string_view kMove =
    "UPDATE resource SET compartment = $compartment WHERE rid = $rid AND version = $version AND deleted = 0";
constexpr std::string_view kKeep =
    "INSERT INTO index_state (one, fingerprint, whole, reached) VALUES (1, $fingerprint, $whole, $reached) "
    "ON CONFLICT (one) DO UPDATE SET fingerprint = $fingerprint, whole = $whole, reached = $reached";

}  // namespace

Result<IndexState> SqlIndex::State() const {
  sql::Statement found = connection_.Query("SELECT fingerprint, whole, reached FROM index_state");
  const auto row = found.Step();
  if (!row) return row.error();
  if (!*row) return IndexState{};
  return IndexState{std::string(found.Text(0)), found.Integer(1) != 0, found.Integer(2)};
}

Result<std::int64_t> SqlIndex::LastPlace() const {
  sql::Statement found = connection_.Query("SELECT COALESCE(MAX(rid), 0) FROM resource");
  const auto row = found.Step();
  if (!row) return row.error();
  return found.Integer(0);
}

Result<std::vector<IndexEntry>> SqlIndex::After(std::int64_t place, std::size_t count, std::size_t bytes) const {
  std::vector<IndexEntry> entries;
  sql::Statement rows = connection_.Query(kAfter);
  rows.Bind("$after", place).Bind("$count", static_cast<std::int64_t>(count));
  for (std::size_t read = 0; read < bytes;) {
    const auto row = rows.Step();
    if (!row) return row.error();
    if (!*row) break;
    entries.push_back({rows.Integer(0), std::string(rows.Text(1)), rows.Integer(2), std::string(rows.Text(3))});
    read += entries.back().body.size();
  }
  return entries;
}

Result<void> SqlIndex::Replace(const IndexEntry& entry, const Draft& draft) {
  if (!writable_) return ReadOnly();
  sql::Statement move = connection_.Query(kMove);
  move.Bind("$compartment", draft.compartment()).Bind("$rid", entry.place).Bind("$version", entry.version);
  if (auto done = move.Run(); !done) return done;
  if (connection_.Changes() == 0) return {};
  if (auto done = rows_.Remove(entry.place); !done) return done;
  return rows_.Add(entry.place, draft);
}

Result<void> SqlIndex::Keep(const IndexState& state) {
  if (!writable_) return ReadOnly();
  sql::Statement keep = connection_.Query(kKeep);
  keep.Bind("$fingerprint", state.fingerprint).Bind("$whole", std::int64_t{state.whole});
  return keep.Bind("$reached", state.reached).Run();
}

}  // namespace throughline::store
