#include "gateway/store/sql_resources.h"

#include <algorithm>
#include <limits>

#include "gateway/store/draft.h"
#include "gateway/store/index_table.h"
#include "gateway/store/read_only.h"
#include "gateway/store/search_sql.h"

namespace throughline::store {
namespace {

constexpr std::string_view kCurrent =
    "SELECT version, last_updated, deleted, compartment, body FROM resource WHERE type = $type AND id = $id";
constexpr std::string_view kPast =
    "SELECT p.version, p.last_updated, p.deleted, p.compartment, p.body FROM resource r JOIN resource_past p "
    "ON p.rid = r.rid WHERE r.type = $type AND r.id = $id AND p.version = $version";
constexpr std::string_view kHistory =
    "SELECT p.version, p.last_updated, p.deleted, p.compartment, p.body FROM resource r JOIN resource_past p "
    "ON p.rid = r.rid WHERE r.type = $type AND r.id = $id AND p.version < $before ORDER BY p.version DESC LIMIT $limit";
constexpr std::string_view kHead =
    "SELECT rid, version, last_updated, deleted, compartment, content FROM resource WHERE type = $type AND id = $id";
constexpr std::string_view kInsert =
    "INSERT INTO resource (type, id, compartment, version, last_updated, deleted, content, body) "
    "VALUES ($type, $id, $compartment, $version, $last_updated, 0, $content, $body) RETURNING rid";
constexpr std::string_view kKeepPast =
    "INSERT INTO resource_past (rid, version, compartment, last_updated, deleted, content, body) "
    "SELECT rid, version, compartment, last_updated, deleted, content, body FROM resource WHERE rid = $rid";
constexpr std::string_view kReplace =
    "UPDATE resource SET compartment = $compartment, version = $version, last_updated = $last_updated, "
    "deleted = $deleted, content = $content, body = $body WHERE rid = $rid";

std::string_view DigestView(const certs::Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Version VersionOf(const sql::Statement& row, std::string_view type, std::string_view id) {
  return {std::string(type),   std::string(id),          row.Integer(0),          FromColumn(row.Integer(1)),
          row.Integer(2) != 0, std::string(row.Text(3)), std::string(row.Text(4))};
}

Result<void> Hold(const Expect& expect, bool there, std::int64_t version) {
  if (expect.absent && there) {
    return MakeError(ErrorKind::kPrecondition, "already-there", "a resource with this id is there already");
  }
  if (expect.version && (!there || *expect.version != version)) {
    return MakeError(ErrorKind::kPrecondition, "version-conflict",
                     "the resource has another version now; read it again and repeat the change");
  }
  return {};
}

}  // namespace

struct SqlResources::Head {
  std::int64_t rid = 0;
  std::int64_t version = 0;
  Instant last_updated;
  bool deleted = false;
  std::string compartment;
  std::string content;
};

Result<std::optional<Version>> SqlResources::Current(std::string_view type, std::string_view id, Visible) const {
  sql::Statement found = connection_.Query(kCurrent);
  const auto row = found.Bind("$type", type).Bind("$id", id).Step();
  if (!row) return row.error();
  if (!*row) return std::optional<Version>();
  return std::optional(VersionOf(found, type, id));
}

Result<std::optional<Version>> SqlResources::At(std::string_view type, std::string_view id, std::int64_t version,
                                                Visible visible) const {
  auto current = Current(type, id, visible);
  if (!current || !*current || (*current)->version == version) return current;
  sql::Statement found = connection_.Query(kPast);
  const auto row = found.Bind("$type", type).Bind("$id", id).Bind("$version", version).Step();
  if (!row) return row.error();
  if (!*row) return std::optional<Version>();
  return std::optional(VersionOf(found, type, id));
}

Result<Page> SqlResources::History(std::string_view type, std::string_view id, std::optional<std::int64_t> after,
                                   std::size_t limit, Visible visible) const {
  Page page;
  const std::int64_t before = after.value_or(std::numeric_limits<std::int64_t>::max());
  auto current = Current(type, id, visible);
  if (!current) return std::move(current).error();
  if (*current && (*current)->version < before) page.entries.push_back(**std::move(current));
  sql::Statement past = connection_.Query(kHistory);
  past.Bind("$type", type).Bind("$id", id).Bind("$before", before).Bind("$limit", static_cast<std::int64_t>(limit) + 1);
  for (;;) {
    const auto row = past.Step();
    if (!row) return row.error();
    if (!*row) break;
    page.entries.push_back(VersionOf(past, type, id));
  }
  if (page.entries.size() > limit) {
    page.entries.resize(limit);
    if (limit > 0) page.next = page.entries.back().version;
  }
  return page;
}

Result<Page> SqlResources::Search(const search::Query& query, std::optional<std::int64_t> after, Visible) const {
  const auto where = FromWhere(query);
  if (!where) return where.error();
  sql::Statement hits =
      connection_.Query("SELECT r.version, r.last_updated, r.deleted, r.compartment, r.body, r.id, r.rid " +
                        where->text + " AND r.rid > $after ORDER BY r.rid LIMIT $limit");
  where->BindTo(hits);
  hits.Bind("$after", after.value_or(0)).Bind("$limit", static_cast<std::int64_t>(query.count) + 1);
  Page page;
  std::int64_t last = 0;
  for (;;) {
    const auto row = hits.Step();
    if (!row) return row.error();
    if (!*row) return page;
    if (page.entries.size() == query.count) {
      page.next = last;
      return page;
    }
    page.entries.push_back(VersionOf(hits, query.type, hits.Text(5)));
    last = hits.Integer(6);
  }
}

Result<std::uint64_t> SqlResources::Count(const search::Query& query, Visible) const {
  const auto where = FromWhere(query);
  if (!where) return where.error();
  sql::Statement counted = connection_.Query("SELECT COUNT(*) " + where->text);
  where->BindTo(counted);
  const auto row = counted.Step();
  if (!row) return row.error();
  return static_cast<std::uint64_t>(counted.Integer(0));
}

Result<std::optional<SqlResources::Head>> SqlResources::FindHead(std::string_view type, std::string_view id) const {
  sql::Statement found = connection_.Query(kHead);
  const auto row = found.Bind("$type", type).Bind("$id", id).Step();
  if (!row) return row.error();
  if (!*row) return std::optional<Head>();
  return std::optional(Head{found.Integer(0), found.Integer(1), FromColumn(found.Integer(2)), found.Integer(3) != 0,
                            std::string(found.Text(4)), std::string(found.Text(5))});
}

Result<Version> SqlResources::Insert(const Draft& draft) {
  Version version{draft.type(), draft.id(), 1, now_, false, draft.compartment(), draft.Bytes(1, now_)};
  sql::Statement insert = connection_.Query(kInsert);
  insert.Bind("$type", version.type).Bind("$id", version.id).Bind("$compartment", version.compartment);
  insert.Bind("$version", version.version).Bind("$last_updated", ToColumn(now_));
  insert.BindBytes("$content", DigestView(draft.content())).BindBytes("$body", version.body);
  const auto row = insert.Step();
  if (!row) return row.error();
  const std::int64_t rid = insert.Integer(0);
  if (auto done = insert.Run(); !done) return std::move(done).error();
  if (auto done = index_.Add(rid, draft); !done) return std::move(done).error();
  return version;
}

Result<void> SqlResources::KeepPast(std::int64_t rid) { return connection_.Query(kKeepPast).Bind("$rid", rid).Run(); }

Result<Version> SqlResources::Replace(const Head& head, const Draft& draft) {
  const Instant time = std::max(now_, head.last_updated);
  const std::int64_t next = head.version + 1;
  Version version{draft.type(), draft.id(), next, time, false, draft.compartment(), draft.Bytes(next, time)};
  if (auto done = KeepPast(head.rid); !done) return std::move(done).error();
  sql::Statement replace = connection_.Query(kReplace);
  replace.Bind("$rid", head.rid).Bind("$compartment", version.compartment).Bind("$version", next);
  replace.Bind("$last_updated", ToColumn(time)).Bind("$deleted", std::int64_t{0});
  auto done = replace.BindBytes("$content", DigestView(draft.content())).BindBytes("$body", version.body).Run();
  if (done) done = index_.Remove(head.rid);
  if (done) done = index_.Add(head.rid, draft);
  if (!done) return std::move(done).error();
  return version;
}

Result<Stored> SqlResources::Put(const Draft& draft, const Expect& expect) {
  if (!writable_) return ReadOnly();
  const auto head = FindHead(draft.type(), draft.id());
  if (!head) return head.error();
  const bool there = *head && !(*head)->deleted;
  if (auto held = Hold(expect, there, there ? (*head)->version : 0); !held) return std::move(held).error();
  if (!*head) {
    auto version = Insert(draft);
    if (!version) return std::move(version).error();
    return Stored{Change::kCreated, *std::move(version)};
  }
  if (there && (*head)->content == DigestView(draft.content())) {
    const Head& same = **head;
    return Stored{Change::kUnchanged, Version{draft.type(), draft.id(), same.version, same.last_updated, false,
                                              same.compartment, draft.Bytes(same.version, same.last_updated)}};
  }
  auto version = Replace(**head, draft);
  if (!version) return std::move(version).error();
  return Stored{there ? Change::kUpdated : Change::kCreated, *std::move(version)};
}

Result<Stored> SqlResources::Delete(std::string_view type, std::string_view id, const Expect& expect) {
  if (!writable_) return ReadOnly();
  const auto found = FindHead(type, id);
  if (!found) return found.error();
  if (!*found) return MakeError(ErrorKind::kNotFound, "not-found", "no such resource");
  const Head& head = **found;
  if (auto held = Hold(expect, !head.deleted, head.deleted ? 0 : head.version); !held) return std::move(held).error();
  Version version{std::string(type), std::string(id), head.version, head.last_updated, true, head.compartment, {}};
  if (head.deleted) return Stored{Change::kUnchanged, std::move(version)};
  version.version = head.version + 1;
  version.last_updated = std::max(now_, head.last_updated);
  if (auto done = KeepPast(head.rid); !done) return std::move(done).error();
  sql::Statement bury = connection_.Query(kReplace);
  bury.Bind("$rid", head.rid).Bind("$compartment", version.compartment).Bind("$version", version.version);
  bury.Bind("$last_updated", ToColumn(version.last_updated)).Bind("$deleted", std::int64_t{1});
  auto done = bury.BindBytes("$content", {}).BindBytes("$body", {}).Run();
  if (done) done = index_.Remove(head.rid);
  if (!done) return std::move(done).error();
  return Stored{Change::kDeleted, std::move(version)};
}

}  // namespace throughline::store
