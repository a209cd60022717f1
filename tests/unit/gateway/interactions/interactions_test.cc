// The interactions over a real store and the real definitions.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <set>

#include "certs/hmac.h"
#include "fhir/json/build.h"
#include "fhir/json/parse.h"
#include "fhir/search/indexer.h"
#include "gateway/interactions/create.h"
#include "gateway/interactions/cursor.h"
#include "gateway/interactions/read.h"
#include "gateway/interactions/search.h"
#include "gateway/interactions/update.h"
#include "gateway/interactions/vread.h"
#include "gateway/store/audit_log.h"
#include "gateway/store/inbox.h"
#include "gateway/store/reindex.h"
#include "gateway/store/resources.h"
#include "gateway/store/verify.h"
#include "tests/unit/gateway/store/support.h"

namespace throughline::interactions {
namespace {

class CountedIds final : public IdSource {
 public:
  std::string Fresh() override { return "fresh-" + std::to_string(++given_); }
  std::string ForKey(std::string_view map, std::string_view key, std::string_view name) const override {
    return std::string(map) + "." + std::string(key) + "." + std::string(name);
  }

 private:
  std::atomic<int> given_{0};
};

const search::Indexer& R4Indexer() {
  static const search::Indexer kIndexer = search::Indexer::Make(definitions::R4());
  return kIndexer;
}

class InteractionsTest : public ::testing::Test {
 protected:
  static consent::Requester ClientWith(std::string_view scopes, std::string id = "hospital") {
    consent::Requester requester;
    requester.client_id = std::move(id);
    requester.scopes = *consent::Scopes::Parse(scopes, definitions::R4());
    requester.request_id = "req-1";
    return requester;
  }

  json::Value Body(std::string_view json) {
    auto value = json::Parse(json, arena_);
    EXPECT_TRUE(value);
    return value ? *value : json::Value();
  }

  static std::string Patient(std::string_view id, std::string_view family = "Rojas") {
    return R"({"resourceType":"Patient","id":")" + std::string(id) +
           R"(","identifier":[{"system":"urn:mrn","value":")" + std::string(id) + R"("}],"name":[{"family":")" +
           std::string(family) + R"("}]})";
  }
  static std::string Observation(std::string_view id, std::string_view patient) {
    return R"({"resourceType":"Observation","id":")" + std::string(id) +
           R"(","status":"final","code":{"coding":[{"system":"urn:c","code":"x"}]},"subject":{"reference":"Patient/)" +
           std::string(patient) + R"("}})";
  }

  void Put(const std::string& json) {
    const json::Value body = Body(json);
    const auto written = Update(services_, all_, body.Get("resourceType").text(), body.Get("id").text(), body);
    ASSERT_TRUE(written) << written.error().message;
  }

  std::vector<store::AuditEntry> Audit() {
    std::vector<store::AuditEntry> rows;
    EXPECT_TRUE(store_->Read([&](const store::Snapshot& snapshot) -> Result<void> {
      auto read = snapshot.audit().Rows(0, 1000);
      if (!read) return read.error();
      rows = *std::move(read);
      return {};
    }));
    return rows;
  }

  Result<json::Document> Find(std::string_view type, std::vector<search::Parameter> parameters, bool posted = false) {
    auto bundle = Search(services_, all_, {type, parameters, search::Handling::kStrict, "https://gw/fhir", posted});
    if (!bundle) return std::move(bundle).error();
    return json::ParseDocument(*bundle);
  }

  static std::string Link(const json::Value& bundle, std::string_view relation) {
    const json::Value links = bundle.Get("link");
    for (const json::Value& link : links.items()) {
      if (link.Get("relation").text() == relation) return std::string(link.Get("url").text());
    }
    return {};
  }

  store::TestDirectory directory_;
  store::TestClock clock_;
  std::unique_ptr<store::Store> store_ = store::OpenStore(directory_, clock_);
  store::Drafter drafter_{definitions::R4(), R4Indexer()};
  CountedIds ids_;
  certs::HmacKey key_ = certs::HmacKey::Random();
  json::Arena arena_;
  Services services_{definitions::R4(), drafter_, *store_, clock_, ids_, key_};
  consent::Requester all_ = ClientWith("system/*.cruds");
};

TEST_F(InteractionsTest, CreateGivesAFreshIdAndIsOnRecord) {
  const auto written = Create(services_, all_, "Patient", Body(Patient("mine")));
  ASSERT_TRUE(written);
  EXPECT_EQ(written->id, "fresh-1");
  EXPECT_EQ(written->version, 1);
  EXPECT_EQ(written->outcome, Outcome::kCreated);
  EXPECT_EQ(written->compartment, "Patient/fresh-1");
  const auto audit = Audit();
  ASSERT_EQ(audit.size(), 1u);
  EXPECT_EQ(audit[0].row.kind, audit::Kind::kCreate);
  EXPECT_EQ(audit[0].row.client, "hospital");
  EXPECT_EQ(audit[0].row.entities.at(0).what, "Patient/fresh-1/_history/1");
  EXPECT_EQ(audit[0].row.entities.at(0).patient, "Patient/fresh-1");
}

TEST_F(InteractionsTest, CreateRefusesAWrongBodyWithEveryIssue) {
  const auto written =
      Create(services_, all_, "Observation", Body(R"({"resourceType":"Observation","status":7,"foo":1})"));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::kInvalid);
  EXPECT_GE(written.error().issues.size(), 3u);
  const auto audit = Audit();
  ASSERT_EQ(audit.size(), 1u);
  EXPECT_EQ(audit[0].row.outcome, audit::Outcome::kMinor);
  EXPECT_EQ(audit[0].row.reason, written.error().issues.front().rule);
}

TEST_F(InteractionsTest, CreateRefusesAnotherType) {
  const auto written = Create(services_, all_, "Patient", Body(Observation("o", "p")));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().issues.at(0).rule, "resource-type");
  EXPECT_EQ(Audit().size(), 1u);
}

TEST_F(InteractionsTest, ScopesHoldForEveryInteraction) {
  Put(Patient("p"));
  const auto reader = ClientWith("system/Patient.r");
  EXPECT_TRUE(Read(services_, reader, "Patient", "p"));
  EXPECT_EQ(Create(services_, reader, "Patient", Body(Patient("q"))).error().kind, ErrorKind::kForbidden);
  EXPECT_EQ(Update(services_, reader, "Patient", "p", Body(Patient("p"))).error().kind, ErrorKind::kForbidden);
  EXPECT_EQ(Search(services_, reader, {"Patient", {}, {}, "", false}).error().kind, ErrorKind::kForbidden);
  EXPECT_EQ(Read(services_, reader, "Observation", "p").error().kind, ErrorKind::kForbidden);
  EXPECT_EQ(Read(services_, ClientWith("system/*.cruds", ""), "Patient", "p").error().kind, ErrorKind::kForbidden);
  const auto audit = Audit();
  EXPECT_EQ(audit.size(), 7u);
  EXPECT_EQ(audit.back().row.reason, "scope");
}

TEST_F(InteractionsTest, UpdateNeedsTheScopeToCreateForWhatIsNew) {
  const auto updater = ClientWith("system/Patient.u");
  EXPECT_EQ(Update(services_, updater, "Patient", "p", Body(Patient("p"))).error().kind, ErrorKind::kForbidden);
  EXPECT_EQ(Read(services_, all_, "Patient", "p").error().kind, ErrorKind::kNotFound);
  Put(Patient("p"));
  EXPECT_TRUE(Update(services_, updater, "Patient", "p", Body(Patient("p", "Soto"))));
}

TEST_F(InteractionsTest, UpdateHoldsTheClientToTheUrl) {
  struct Case {
    std::string_view id;
    std::string body;
    std::string_view rule;
  };
  const Case cases[] = {
      {"a", Patient("b"), "id-mismatch"},
      {"a", R"({"resourceType":"Patient"})", "id-mismatch"},
      {"a", Observation("a", "p"), "resource-type"},
      {"a b", Patient("a b"), "id-format"},
      {"' SELECT 1--", Patient("a"), "id-format"},
      {"", Patient(""), "id-format"},
  };
  for (const Case& one : cases) {
    const auto written = Update(services_, all_, "Patient", one.id, Body(one.body));
    ASSERT_FALSE(written) << one.id;
    EXPECT_EQ(written.error().kind, ErrorKind::kInvalid) << one.id;
    EXPECT_EQ(written.error().issues.at(0).rule, one.rule);
  }
}

TEST_F(InteractionsTest, UpdateHoldsToIfMatch) {
  Put(Patient("p"));
  const auto first = Update(services_, all_, "Patient", "p", Body(Patient("p", "Soto")), {.if_match = 1});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->version, 2);
  const auto stale = Update(services_, all_, "Patient", "p", Body(Patient("p", "Diaz")), {.if_match = 1});
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().kind, ErrorKind::kPrecondition);
  EXPECT_EQ(Audit().back().row.reason, "version-conflict");
  const auto there =
      Update(services_, all_, "Patient", "p", Body(Patient("p")), {.if_match = {}, .if_none_match_any = true});
  EXPECT_EQ(there.error().kind, ErrorKind::kPrecondition);
}

TEST_F(InteractionsTest, UpdateWithTheSameContentMakesNoVersion) {
  Put(Patient("p"));
  const auto read = Read(services_, all_, "Patient", "p");
  ASSERT_TRUE(read);
  const auto again = Update(services_, all_, "Patient", "p", Body(read->body));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->outcome, Outcome::kUnchanged);
  EXPECT_EQ(again->version, 1);
}

TEST_F(InteractionsTest, ReadsWhatWasStoredAndPutsItOnRecord) {
  Put(Patient("p"));
  const auto read = Read(services_, all_, "Patient", "p");
  ASSERT_TRUE(read);
  EXPECT_NE(read->body.find(R"("versionId":"1")"), std::string::npos);
  const auto row = Audit().back().row;
  EXPECT_EQ(row.kind, audit::Kind::kRead);
  EXPECT_EQ(row.target, "Patient/p");
  EXPECT_EQ(row.entities.at(0).patient, "Patient/p");
}

TEST_F(InteractionsTest, SaysTheSameOfEverythingThatIsNotThere) {
  Put(Patient("p"));
  const std::array answers = {
      Read(services_, all_, "Patient", "never"),       Read(services_, all_, "Patient", "a b"),
      VRead(services_, all_, "Patient", "never", "1"), VRead(services_, all_, "Patient", "p", "2"),
      VRead(services_, all_, "Patient", "p", "+1"),    VRead(services_, all_, "Patient", "p", "")};
  for (const auto& answer : answers) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::kNotFound);
    EXPECT_EQ(answer.error().message, answers[0].error().message);
  }
  EXPECT_EQ(Audit().size(), 1u + answers.size());
}

TEST_F(InteractionsTest, VReadGivesOldVersions) {
  Put(Patient("p"));
  Put(Patient("p", "Soto"));
  const auto old = VRead(services_, all_, "Patient", "p", "1");
  ASSERT_TRUE(old);
  EXPECT_NE(old->body.find("Rojas"), std::string::npos);
}

TEST_F(InteractionsTest, SaysGoneOfWhatWasDeleted) {
  Put(Patient("p"));
  WriteRequest request;
  request.kind = audit::Kind::kDelete;
  request.writes.emplace_back().type = "Patient";
  request.writes.back().id = "p";
  const auto deleted = WriteResources(services_, all_, std::move(request));
  ASSERT_TRUE(deleted);
  EXPECT_EQ(deleted->at(0).outcome, Outcome::kDeleted);
  EXPECT_EQ(Read(services_, all_, "Patient", "p").error().kind, ErrorKind::kGone);
  EXPECT_TRUE(VRead(services_, all_, "Patient", "p", "1"));
  EXPECT_EQ(VRead(services_, all_, "Patient", "p", "2").error().kind, ErrorKind::kGone);
}

TEST_F(InteractionsTest, SearchFindsByReferenceIdentifierAndChain) {
  Put(Patient("p1"));
  Put(Patient("p2"));
  Put(Observation("o1", "p1"));
  Put(Observation("o2", "p2"));
  const auto ids = [&](std::string_view type, std::vector<search::Parameter> parameters) {
    std::set<std::string> found;
    auto bundle = Find(type, std::move(parameters));
    EXPECT_TRUE(bundle) << (bundle ? "" : bundle.error().message);
    if (!bundle) return found;
    const json::Value entries = bundle->root.Get("entry");
    for (const json::Value& entry : entries.items()) found.insert(std::string(entry.Get("resource").Get("id").text()));
    EXPECT_EQ(bundle->root.Get("total").text(), std::to_string(found.size()));
    return found;
  };
  using Ids = std::set<std::string>;
  EXPECT_EQ(ids("Observation", {{"patient", "p1"}}), Ids{"o1"});
  EXPECT_EQ(ids("Observation", {{"subject", "Patient/p2"}}), Ids{"o2"});
  EXPECT_EQ(ids("Patient", {{"identifier", "urn:mrn|p2"}}), Ids{"p2"});
  EXPECT_EQ(ids("Observation", {{"patient.identifier", "urn:mrn|p1"}}), Ids{"o1"});
  EXPECT_EQ(ids("Observation", {{"code", "urn:c|x"}, {"_id", "o2,o3"}}), Ids{"o2"});
  EXPECT_EQ(ids("Observation", {{"code", "' OR 1=1--"}}), Ids{});
  EXPECT_EQ(ids("Patient", {}), (Ids{"p1", "p2"}));
}

TEST_F(InteractionsTest, SearchIsOnRecordWithItsQueryAndEachHit) {
  Put(Patient("p1"));
  Put(Patient("p2"));
  ASSERT_TRUE(Find("Patient", {{"name", "ro j"}, {"identifier", "urn:mrn|p1,urn:mrn|p2"}}));
  ASSERT_TRUE(Find("Patient", {{"identifier", "urn:mrn|p1,urn:mrn|p2"}}));
  const auto audit = Audit();
  EXPECT_EQ(audit[2].row.query, "Patient?name=ro%20j&identifier=urn:mrn%7Cp1,urn:mrn%7Cp2");
  EXPECT_TRUE(audit[2].row.entities.empty());
  EXPECT_EQ(audit[3].row.entities.size(), 2u);
}

TEST_F(InteractionsTest, SearchRefusesAChainIntoATypeOutOfScope) {
  const auto reader = ClientWith("system/Observation.rs");
  const std::vector<search::Parameter> parameters = {{"patient.identifier", "urn:mrn|p1"}};
  const auto found = Search(services_, reader, {"Observation", parameters, {}, "", false});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::kForbidden);
}

TEST_F(InteractionsTest, SearchPagesByASealedCursorThatTellsNothing) {
  for (int i = 0; i < 5; ++i) Put(Observation("o" + std::to_string(i), "p1"));
  auto bundle = Find("Observation", {{"patient", "p1"}, {"_count", "2"}}, true);
  std::vector<std::string> found;
  for (int pages = 0; bundle && pages < 5; ++pages) {
    const json::Value entries = bundle->root.Get("entry");
    for (const json::Value& entry : entries.items()) found.emplace_back(entry.Get("resource").Get("id").text());
    EXPECT_EQ(bundle->root.Get("total").text(), "5");
    EXPECT_EQ(Link(bundle->root, "self"), "https://gw/fhir/Observation/_search");
    const std::string next = Link(bundle->root, "next");
    if (next.empty()) break;
    const std::string start = "https://gw/fhir/Observation?_cursor=";
    ASSERT_TRUE(next.starts_with(start));
    bundle = Find("Observation", {{"_cursor", next.substr(start.size())}});
    ASSERT_TRUE(bundle);
  }
  EXPECT_EQ(found, (std::vector<std::string>{"o0", "o1", "o2", "o3", "o4"}));
}

TEST_F(InteractionsTest, SearchRefusesAForgedCursor) {
  for (int i = 0; i < 3; ++i) Put(Patient("p" + std::to_string(i)));
  const auto first = Find("Patient", {{"_count", "1"}});
  ASSERT_TRUE(first);
  const std::string next = Link(first->root, "next");
  const std::string cursor = next.substr(next.find("_cursor=") + 8);
  EXPECT_TRUE(Find("Patient", {{"_cursor", cursor}}));
  for (std::size_t i = 0; i < cursor.size(); i += 7) {
    std::string forged = cursor;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    const auto found = Find("Patient", {{"_cursor", forged}});
    ASSERT_FALSE(found) << i;
    EXPECT_EQ(found.error().issues.at(0).rule, "search-cursor");
  }
  EXPECT_FALSE(Find("Observation", {{"_cursor", cursor}}));
  const auto other = ClientWith("system/*.rs", "other");
  const std::vector<search::Parameter> parameters = {{"_cursor", cursor}};
  EXPECT_FALSE(Search(services_, other, {"Patient", parameters, {}, "", false}));
  EXPECT_FALSE(Find("Patient", {{"_cursor", cursor}, {"_count", "2"}}));
  clock_.Advance(std::chrono::hours(25));
  EXPECT_EQ(Find("Patient", {{"_cursor", cursor}}).error().kind, ErrorKind::kGone);
}

TEST_F(InteractionsTest, WritesSeveralInOneCommitWithTheInbox) {
  const json::Value patient = Body(Patient("p"));
  const json::Value observation = Body(Observation("o", "p"));
  const auto request = [&](bool fail) {
    WriteRequest made;
    made.kind = audit::Kind::kIntake;
    made.target = "discharge";
    for (const json::Value& body : {patient, observation}) {
      ResourceWrite& write = made.writes.emplace_back();
      write.type = body.Get("resourceType").text();
      write.id = body.Get("id").text();
      write.body = body;
    }
    made.also = [fail](store::Transaction& transaction, std::span<const Written> written) -> Result<void> {
      EXPECT_EQ(written.size(), 2u);
      EXPECT_EQ(written[1].compartment, "Patient/p");
      store::InboxEntry entry;
      entry.record = "r";
      entry.map = "discharge";
      auto appended = transaction.inbox().Append(entry);
      if (fail || !appended) return MakeError(ErrorKind::kConflict, "made-up", "made up");
      return {};
    };
    return made;
  };
  EXPECT_FALSE(WriteResources(services_, all_, request(true)));
  EXPECT_EQ(Read(services_, all_, "Patient", "p").error().kind, ErrorKind::kNotFound);
  const auto written = WriteResources(services_, all_, request(false));
  ASSERT_TRUE(written);
  EXPECT_EQ(written->size(), 2u);
  EXPECT_EQ(Audit().back().row.entities.size(), 2u);
  EXPECT_EQ(WriteResources(services_, all_, request(false))->at(1).outcome, Outcome::kUnchanged);
}

TEST_F(InteractionsTest, KeepsManyWritesInFlight) {
  std::vector<PendingWrite> pending;
  for (int i = 0; i < 64; ++i) {
    WriteRequest request;
    ResourceWrite& write = request.writes.emplace_back();
    write.type = "Patient";
    write.id = "p" + std::to_string(i);
    write.body = Body(Patient(write.id));
    pending.push_back(SubmitWrite(services_, all_, std::move(request)));
  }
  for (PendingWrite& one : pending) EXPECT_TRUE(one.Get());
  EXPECT_EQ(store_->counters().items, 64u);
}

TEST_F(InteractionsTest, RefusesOneResourceWrittenTwiceInOneRequest) {
  WriteRequest request;
  for (int i = 0; i < 2; ++i) {
    ResourceWrite& write = request.writes.emplace_back();
    write.type = "Patient";
    write.id = "p";
    write.body = Body(Patient("p"));
  }
  const auto written = WriteResources(services_, all_, std::move(request));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().issues.at(0).rule, "write-twice");
}

TEST_F(InteractionsTest, ReadManyLeavesOutWhatIsNotThere) {
  Put(Patient("p1"));
  Put(Patient("p2"));
  const std::vector<Key> keys = {{"Patient", "p2"}, {"Patient", "never"}, {"Patient", "p1"}};
  const auto read = ReadMany(services_, all_, keys, {audit::Kind::kView, "discharge", {}});
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ(read->at(0).id, "p2");
  EXPECT_EQ(Audit().back().row.kind, audit::Kind::kView);
}

// A label is put on by the write path, whatever the client left out.
class Restricting final : public Labeller {
 public:
  json::Value Label(const json::Value& resource, json::Arena& arena) const override {
    static constexpr std::string_view kMeta = R"({"security":[{"system":"urn:l","code":"R"}]})";
    return json::With(resource, "meta", *json::Parse(kMeta, arena), arena);
  }
};

TEST_F(InteractionsTest, StoresWhatTheLabellerPutOn) {
  const Restricting labeller;
  Services services{definitions::R4(), drafter_, *store_, clock_, ids_, key_, &labeller};
  const auto written = Create(services, all_, "Patient", Body(Patient("p")));
  ASSERT_TRUE(written);
  EXPECT_NE(written->body.find(R"("security":[{"system":"urn:l","code":"R"}])"), std::string::npos);
}

TEST_F(InteractionsTest, LeavesAStoreThatVerifiesDeeply) {
  ASSERT_TRUE(store::Reindex(*store_, drafter_, [](const store::ReindexProgress&) { return true; }));
  Put(Patient("p1"));
  Put(Patient("p1", "Soto"));
  Put(Observation("o1", "p1"));
  const auto report = store_->Verify(&drafter_);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->finding_count, 0u);
  EXPECT_EQ(report->resources, 2u);
  EXPECT_EQ(report->versions, 3u);
  EXPECT_GT(report->index_rows, 5u);
}

}  // namespace
}  // namespace throughline::interactions
