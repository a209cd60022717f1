#include "gateway/store/sql_inbox.h"

#include "certs/hash.h"
#include "gateway/store/index_table.h"
#include "gateway/store/read_only.h"

namespace throughline::store {
namespace {

constexpr std::string_view kColumns =
    "SELECT entry, record, map, map_version, client, state, received, keep_until, compartment, envelope";

std::string Select(std::string_view rest) {
  return std::string(kColumns).append(", issues, ledger, bytes FROM inbox i WHERE ").append(rest);
}

InboxEntry EntryOf(const sql::Statement& row) {
  InboxEntry entry;
  entry.entry = row.Integer(0);
  entry.record = row.Text(1);
  entry.map = row.Text(2);
  entry.map_version = row.Text(3);
  entry.client = row.Text(4);
  entry.state = static_cast<InboxState>(row.Integer(5));
  entry.received = FromColumn(row.Integer(6));
  entry.keep_until = FromColumn(row.Integer(7));
  entry.compartment = row.Text(8);
  entry.envelope = row.Text(9);
  return entry;
}

void BindWhatBecame(const InboxEntry& entry, sql::Statement& statement) {
  statement.Bind("$record", entry.record).Bind("$map", entry.map).Bind("$map_version", entry.map_version);
  statement.Bind("$state", static_cast<std::int64_t>(entry.state)).Bind("$keep_until", ToColumn(entry.keep_until));
  statement.Bind("$compartment", entry.compartment).Bind("$envelope", entry.envelope);
  statement.Bind("$issues", entry.issues).Bind("$ledger", entry.ledger).BindBytes("$bytes", entry.bytes);
}

}  // namespace

Result<std::optional<InboxEntry>> SqlInbox::Found(sql::Statement& statement) const {
  const auto row = statement.Step();
  if (!row) return row.error();
  if (!*row) return std::optional<InboxEntry>();
  InboxEntry entry = EntryOf(statement);
  entry.issues = statement.Text(10);
  entry.ledger = statement.Text(11);
  entry.bytes = statement.Text(12);
  sql::Statement made =
      connection_.Query("SELECT name, type, id, version FROM inbox_resource WHERE entry = $entry ORDER BY place");
  made.Bind("$entry", entry.entry);
  for (;;) {
    const auto next = made.Step();
    if (!next) return next.error();
    if (!*next) return std::optional(std::move(entry));
    entry.resources.push_back(
        {std::string(made.Text(0)), std::string(made.Text(1)), std::string(made.Text(2)), made.Integer(3)});
  }
}

Result<std::optional<InboxEntry>> SqlInbox::Entry(std::int64_t entry) const {
  sql::Statement found = connection_.Query(Select("entry = $entry"));
  found.Bind("$entry", entry);
  return Found(found);
}

Result<std::optional<InboxEntry>> SqlInbox::Latest(std::string_view map, std::string_view record) const {
  sql::Statement found =
      connection_.Query(Select("map = $map AND record = $record AND state = 0 ORDER BY entry DESC LIMIT 1"));
  found.Bind("$map", map).Bind("$record", record);
  return Found(found);
}

Result<std::optional<InboxEntry>> SqlInbox::Newest(std::string_view map, std::string_view record) const {
  sql::Statement found = connection_.Query(Select("map = $map AND record = $record ORDER BY entry DESC LIMIT 1"));
  found.Bind("$map", map).Bind("$record", record);
  return Found(found);
}

Result<std::optional<InboxEntry>> SqlInbox::MadeBy(std::string_view map, std::string_view type,
                                                   std::string_view id) const {
  sql::Statement found = connection_.Query(
      Select("map = $map AND state = 0 AND entry IN (SELECT entry FROM inbox_resource WHERE type = $type AND id = $id) "
             "ORDER BY entry DESC LIMIT 1"));
  found.Bind("$map", map).Bind("$type", type).Bind("$id", id);
  return Found(found);
}

Result<InboxPage> SqlInbox::List(const InboxQuestion& question) const {
  std::string text = std::string(kColumns) + " FROM inbox WHERE entry > $after";
  if (!question.map.empty()) text += " AND map = $map";
  if (question.state) text += " AND state = $state";
  if (!question.compartment.empty()) text += " AND compartment = $compartment";
  sql::Statement listed = connection_.Query(text + " ORDER BY entry LIMIT $limit");
  listed.Bind("$after", question.after).Bind("$limit", static_cast<std::int64_t>(question.limit) + 1);
  if (!question.map.empty()) listed.Bind("$map", question.map);
  if (question.state) listed.Bind("$state", static_cast<std::int64_t>(*question.state));
  if (!question.compartment.empty()) listed.Bind("$compartment", question.compartment);
  InboxPage page;
  for (;;) {
    const auto row = listed.Step();
    if (!row) return row.error();
    if (!*row) return page;
    if (page.entries.size() == question.limit) {
      page.next = page.entries.empty() ? question.after : page.entries.back().entry;
      return page;
    }
    page.entries.push_back(EntryOf(listed));
  }
}

Result<std::optional<std::string>> SqlInbox::Envelope(std::string_view id) const {
  sql::Statement found = connection_.Query("SELECT bytes FROM inbox_envelope WHERE envelope = $envelope");
  const auto row = found.Bind("$envelope", id).Step();
  if (!row) return row.error();
  if (!*row) return std::optional<std::string>();
  return std::optional(std::string(found.Text(0)));
}

Result<void> SqlInbox::AddResources(std::int64_t number, const InboxEntry& entry) {
  std::int64_t place = 0;
  for (const MadeResource& made : entry.resources) {
    sql::Statement add = connection_.Query(
        "INSERT INTO inbox_resource (entry, place, name, type, id, version, compartment) "
        "VALUES ($entry, $place, $name, $type, $id, $version, $compartment)");
    add.Bind("$entry", number).Bind("$place", place++).Bind("$name", made.name).Bind("$type", made.type);
    add.Bind("$id", made.id).Bind("$version", made.version).Bind("$compartment", entry.compartment);
    if (auto done = add.Run(); !done) return done;
  }
  return {};
}

Result<std::int64_t> SqlInbox::Append(const InboxEntry& entry) {
  if (!writable_) return ReadOnly();
  sql::Statement append = connection_.Query(
      "INSERT INTO inbox (record, map, map_version, client, state, received, keep_until, blanked, compartment, "
      "envelope, "
      "issues, ledger, bytes) VALUES ($record, $map, $map_version, $client, $state, $received, $keep_until, 0, "
      "$compartment, $envelope, $issues, $ledger, $bytes) RETURNING entry");
  append.Bind("$client", entry.client).Bind("$received", ToColumn(entry.received));
  BindWhatBecame(entry, append);
  const auto row = append.Step();
  if (!row) return row.error();
  const std::int64_t number = append.Integer(0);
  if (auto done = append.Run(); !done) return std::move(done).error();
  if (auto done = AddResources(number, entry); !done) return std::move(done).error();
  return number;
}

Result<void> SqlInbox::Replace(const InboxEntry& entry) {
  if (!writable_) return ReadOnly();
  sql::Statement replace = connection_.Query(
      "UPDATE inbox SET record = $record, map = $map, map_version = $map_version, state = $state, "
      "keep_until = $keep_until, compartment = $compartment, envelope = $envelope, issues = $issues, ledger = $ledger, "
      "bytes = $bytes WHERE entry = $entry");
  replace.Bind("$entry", entry.entry);
  BindWhatBecame(entry, replace);
  auto done = replace.Run();
  if (done && connection_.Changes() == 0)
    return MakeError(ErrorKind::kNotFound, "not-found", "no such entry of the inbox");
  if (done)
    done = connection_.Query("DELETE FROM inbox_resource WHERE entry = $entry").Bind("$entry", entry.entry).Run();
  if (done) done = AddResources(entry.entry, entry);
  return done;
}

Result<std::string> SqlInbox::KeepEnvelope(std::string_view map, std::string_view bytes) {
  if (!writable_) return ReadOnly();
  const std::string id =
      certs::ToHex(certs::Sha256().Update(map).Update(std::string_view("\0", 1)).Update(bytes).Finish());
  auto done = connection_
                  .Query(
                      "INSERT INTO inbox_envelope (envelope, map, compartment, bytes) "
                      "VALUES ($envelope, $map, '', $bytes) ON CONFLICT DO NOTHING")
                  .Bind("$envelope", id)
                  .Bind("$map", map)
                  .BindBytes("$bytes", bytes)
                  .Run();
  if (!done) return std::move(done).error();
  return id;
}

Result<std::size_t> SqlInbox::Blank(Instant now, std::size_t limit) {
  if (!writable_) return ReadOnly();
  auto done =
      connection_
          .Query(
              "UPDATE inbox SET bytes = $nothing, issues = '', ledger = '', blanked = 1 WHERE entry IN "
              "(SELECT entry FROM inbox WHERE blanked = 0 AND keep_until < $now ORDER BY keep_until LIMIT $limit)")
          .BindBytes("$nothing", {})
          .Bind("$now", ToColumn(now))
          .Bind("$limit", static_cast<std::int64_t>(limit))
          .Run();
  if (!done) return std::move(done).error();
  const auto blanked = static_cast<std::size_t>(connection_.Changes());
  if (blanked == 0) return blanked;
  done = connection_.Execute(
      "DELETE FROM inbox_envelope WHERE NOT EXISTS "
      "(SELECT 1 FROM inbox i WHERE i.envelope = inbox_envelope.envelope AND i.blanked = 0)");
  if (!done) return std::move(done).error();
  return blanked;
}

}  // namespace throughline::store
