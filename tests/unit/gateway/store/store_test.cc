#include "gateway/store/store.h"

#include <gtest/gtest.h>

#include "fhir/search/query.h"
#include "gateway/store/audit_log.h"
#include "gateway/store/directory.h"
#include "gateway/store/inbox.h"
#include "gateway/store/sql/connection.h"
#include "gateway/store/verify.h"
#include "support.h"

namespace throughline::store {
namespace {

constexpr std::string_view kActivePlan = R"({"resourceType":"CarePlan","status":"active"})";

// Changes the database behind the store's back.
void Tamper(const TestDirectory& directory, const std::string& sql) {
  const TestClock clock;
  auto connection = sql::Connection::Open(DatabasePath(directory.data()), sql::Access::kWriter, clock);
  ASSERT_TRUE(connection);
  ASSERT_TRUE((*connection)->Execute(sql));
}

void AppendRows(Store& store, int count) {
  ASSERT_TRUE(store.Write([&](Transaction& transaction) -> Result<void> {
    for (int i = 0; i < count; ++i) {
      audit::Row row;
      row.kind = audit::Kind::kRead;
      row.client = "hospital";
      row.entities = {{"CarePlan/x/_history/1", "Patient/p"}};
      auto appended = transaction.audit().Append(row);
      if (!appended) return appended.error();
    }
    return {};
  }));
}

TEST(Store, RefusesASecondUserOfTheDirectory) {
  const TestDirectory directory;
  const TestClock clock;
  const auto store = OpenStore(directory, clock);
  const auto second = Store::Open(OptionsFor(directory), clock);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(second.error().issues.at(0).rule, "store-locked");
}

TEST(Store, OpensAgainWithEverythingInIt) {
  const TestDirectory directory;
  const TestClock clock;
  ASSERT_TRUE(PutOne(*OpenStore(directory, clock), DraftOf(kActivePlan, "a")));
  EXPECT_TRUE(CurrentOf(*OpenStore(directory, clock), "CarePlan", "a"));
}

TEST(Store, RefusesADatabaseOfANewerVersion) {
  const TestDirectory directory;
  const TestClock clock;
  OpenStore(directory, clock).reset();
  Tamper(directory, "INSERT INTO schema_step (step, name, applied) VALUES (9999, '9999_later', 'later')");
  const auto store = Store::Open(OptionsFor(directory), clock);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, ErrorKind::kUnprocessable);
  EXPECT_EQ(store.error().issues.at(0).rule, "schema-newer");
}

TEST(Store, RefusesAFileThatIsNoDatabase) {
  const TestDirectory directory;
  const TestClock clock;
  ASSERT_TRUE(MakeDirectory(directory.data()));
  std::FILE* file = std::fopen(DatabasePath(directory.data()).c_str(), "w");
  ASSERT_NE(file, nullptr);
  for (int i = 0; i < 1000; ++i) std::fputs("this is no database\n", file);
  std::fclose(file);
  const auto store = Store::Open(OptionsFor(directory), clock);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, ErrorKind::kUnprocessable);
}

TEST(Store, ReadsASnapshotThatDoesNotMove) {
  const TestDirectory directory;
  const TestClock clock;
  const auto store = OpenStore(directory, clock);
  ASSERT_TRUE(PutOne(*store, DraftOf(kActivePlan, "a")));
  ASSERT_TRUE(store->Read([&](const Snapshot& snapshot) -> Result<void> {
    EXPECT_TRUE(*snapshot.resources().Current("CarePlan", "a", Visible::Everything()));
    EXPECT_TRUE(PutOne(*store, DraftOf(kActivePlan, "b")));
    EXPECT_FALSE(*snapshot.resources().Current("CarePlan", "b", Visible::Everything()));
    return {};
  }));
  EXPECT_TRUE(CurrentOf(*store, "CarePlan", "b"));
}

TEST(Store, StopsAReadThatTakesTooLong) {
  const TestDirectory directory;
  TestClock clock;
  const auto store = OpenStore(directory, clock);
  ASSERT_TRUE(store->Write([&](Transaction& transaction) -> Result<void> {
    for (int i = 0; i < 2000; ++i) {
      auto stored = transaction.resources().Put(DraftOf(kActivePlan, "n" + std::to_string(i)), {});
      if (!stored) return stored.error();
    }
    return {};
  }));
  const auto read = store->Read([&](const Snapshot& snapshot) -> Result<void> {
    clock.Advance(std::chrono::seconds(6));
    auto rows = snapshot.audit().Verify(std::nullopt);
    search::Query query;
    query.type = "CarePlan";
    auto count = snapshot.resources().Count(query, Visible::Everything());
    return count ? Result<void>() : Result<void>(count.error());
  });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::kTimeout);
}

TEST(Store, NamesTheFirstAuditRowThatWasChanged) {
  const std::array<std::pair<std::string, std::uint64_t>, 4> cases = {{
      {"UPDATE audit SET entry = replace(entry, 'hospital', 'hospitaL') WHERE sequence = 3", 3},
      {"DELETE FROM audit WHERE sequence = 4", 4},
      {"UPDATE audit SET hash = x'00' WHERE sequence = 5", 5},
      {"UPDATE audit SET sequence = 99 WHERE sequence = 6; UPDATE audit SET sequence = 6 WHERE sequence = 7; "
       "UPDATE audit SET sequence = 7 WHERE sequence = 99",
       6},
  }};
  for (const auto& [sql, first_bad] : cases) {
    const TestDirectory directory;
    const TestClock clock;
    {
      const auto store = OpenStore(directory, clock);
      AppendRows(*store, 10);
      EXPECT_EQ(store->Verify(nullptr)->finding_count, 0u);
    }
    Tamper(directory, sql);
    const auto report = OpenStore(directory, clock)->Verify(nullptr);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->audit.first_bad, first_bad) << sql;
    ASSERT_FALSE(report->findings.empty());
    EXPECT_EQ(report->findings.front().rule, "audit-chain");
  }
}

TEST(Store, FindsACutAuditByItsCheckpoint) {
  const TestDirectory directory;
  const TestClock clock;
  audit::Checkpoint checkpoint;
  {
    const auto store = OpenStore(directory, clock);
    AppendRows(*store, 10);
    ASSERT_TRUE(store->Read([&](const Snapshot& snapshot) -> Result<void> {
      checkpoint = *snapshot.audit().Head();
      EXPECT_FALSE(snapshot.audit().Verify(checkpoint)->first_bad);
      return {};
    }));
    EXPECT_EQ(checkpoint.sequence, 10u);
  }
  Tamper(directory, "DELETE FROM audit WHERE sequence > 8");
  const auto store = OpenStore(directory, clock);
  ASSERT_TRUE(store->Read([&](const Snapshot& snapshot) -> Result<void> {
    EXPECT_FALSE(snapshot.audit().Verify(std::nullopt)->first_bad);
    EXPECT_EQ(snapshot.audit().Verify(checkpoint)->first_bad, 9u);
    return {};
  }));
}

TEST(Store, FindsBytesThatDifferFromTheirColumns) {
  const TestDirectory directory;
  const TestClock clock;
  ASSERT_TRUE(PutOne(*OpenStore(directory, clock), DraftOf(kActivePlan, "a")));
  Tamper(directory, "UPDATE resource SET version = 7");
  const auto report = OpenStore(directory, clock)->Verify(nullptr);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->finding_count, 1u);
  EXPECT_EQ(report->findings.front().rule, "meta-differs");
  EXPECT_EQ(report->findings.front().place, "CarePlan/a/_history/7");
}

TEST(Store, BacksUpAndRestores) {
  const TestDirectory directory;
  const TestClock clock;
  const auto store = OpenStore(directory, clock);
  ASSERT_TRUE(PutOne(*store, DraftOf(kActivePlan, "a")));
  AppendRows(*store, 3);
  ASSERT_TRUE(store->Backup(directory.in("backup")));
  EXPECT_FALSE(store->Backup(directory.in("backup")));
  ASSERT_TRUE(PutOne(*store, DraftOf(kActivePlan, "later")));
  EXPECT_FALSE(Store::Restore(directory.in("backup"), directory.data()));
  EXPECT_FALSE(Store::Restore(directory.in("nowhere"), directory.in("new")));
  ASSERT_TRUE(Store::Restore(directory.in("backup"), directory.in("restored")));
  Options options;
  options.directory = directory.in("restored");
  auto restored = Store::Open(options, clock);
  ASSERT_TRUE(restored);
  EXPECT_TRUE(CurrentOf(**restored, "CarePlan", "a"));
  EXPECT_FALSE(CurrentOf(**restored, "CarePlan", "later"));
  const auto report = (*restored)->Verify(nullptr);
  EXPECT_EQ(report->finding_count, 0u);
  EXPECT_EQ(report->audit.rows, 3u);
}

TEST(Inbox, KeepsEachTryOfARecord) {
  const TestDirectory directory;
  const TestClock clock;
  const auto store = OpenStore(directory, clock);
  InboxEntry entry;
  entry.record = "r1";
  entry.map = "discharge";
  entry.map_version = "1.0.0";
  entry.client = "hospital";
  entry.received = clock.Now();
  entry.keep_until = clock.Now() + std::chrono::hours(24);
  entry.bytes = R"({"mrn":"1"})";
  entry.issues = "[]";
  std::int64_t number = 0;
  ASSERT_TRUE(store->Write([&](Transaction& transaction) -> Result<void> {
    entry.envelope = *transaction.inbox().KeepEnvelope("discharge", "{\"export\":{}}");
    EXPECT_EQ(*transaction.inbox().KeepEnvelope("discharge", "{\"export\":{}}"), entry.envelope);
    auto appended = transaction.inbox().Append(entry);
    if (!appended) return appended.error();
    number = *appended;
    return {};
  }));
  ASSERT_TRUE(store->Read([&](const Snapshot& snapshot) -> Result<void> {
    EXPECT_FALSE(*snapshot.inbox().Latest("discharge", "r1"));
    EXPECT_EQ((*snapshot.inbox().Newest("discharge", "r1"))->bytes, entry.bytes);
    EXPECT_EQ(*snapshot.inbox().Envelope(entry.envelope), "{\"export\":{}}");
    EXPECT_EQ(snapshot.inbox().List({.map = {}, .state = InboxState::kQuarantined, .compartment = {}})->entries.size(),
              1u);
    return {};
  }));
  entry.entry = number;
  entry.state = InboxState::kAccepted;
  entry.compartment = "Patient/p";
  entry.resources = {{"patient", "Patient", "p", 1}, {"plan", "CarePlan", "c", 2}};
  ASSERT_TRUE(store->Write([&](Transaction& transaction) { return transaction.inbox().Replace(entry); }));
  ASSERT_TRUE(store->Read([&](const Snapshot& snapshot) -> Result<void> {
    const auto latest = *snapshot.inbox().Latest("discharge", "r1");
    EXPECT_TRUE(latest);
    if (!latest) return {};
    EXPECT_EQ(latest->received, entry.received);
    EXPECT_EQ(latest->resources.size(), 2u);
    EXPECT_EQ(latest->resources.at(1).version, 2);
    EXPECT_EQ((*snapshot.inbox().MadeBy("discharge", "CarePlan", "c"))->entry, number);
    EXPECT_EQ(snapshot.inbox().List({.map = {}, .state = {}, .compartment = "Patient/p"})->entries.size(), 1u);
    EXPECT_TRUE(snapshot.inbox().List({.map = {}, .state = {}, .compartment = "Patient/q"})->entries.empty());
    return {};
  }));
}

TEST(Inbox, BlanksWhatWasKeptLongEnough) {
  const TestDirectory directory;
  const TestClock clock;
  const auto store = OpenStore(directory, clock);
  InboxEntry entry;
  entry.record = "r1";
  entry.map = "discharge";
  entry.bytes = "secret";
  entry.keep_until = clock.Now();
  std::size_t blanked = 0;
  ASSERT_TRUE(store->Write([&](Transaction& transaction) -> Result<void> {
    entry.envelope = *transaction.inbox().KeepEnvelope("discharge", "around");
    EXPECT_TRUE(transaction.inbox().Append(entry));
    EXPECT_EQ(*transaction.inbox().Blank(clock.Now(), 10), 0u);
    blanked = *transaction.inbox().Blank(clock.Now() + std::chrono::seconds(1), 10);
    return {};
  }));
  EXPECT_EQ(blanked, 1u);
  ASSERT_TRUE(store->Read([&](const Snapshot& snapshot) -> Result<void> {
    EXPECT_EQ((*snapshot.inbox().Newest("discharge", "r1"))->bytes, "");
    EXPECT_FALSE(*snapshot.inbox().Envelope(entry.envelope));
    return {};
  }));
}

}  // namespace
}  // namespace throughline::store
