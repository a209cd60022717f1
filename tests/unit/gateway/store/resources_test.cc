#include "gateway/store/resources.h"

#include <gtest/gtest.h>

#include "support.h"

namespace throughline::store {
namespace {

constexpr std::string_view kPlan = R"({"resourceType":"CarePlan","status":"active","intent":"plan"})";
constexpr std::string_view kPlanRevoked = R"({"resourceType":"CarePlan","status":"revoked","intent":"plan"})";

class ResourcesTest : public ::testing::Test {
 protected:
  Result<Stored> Put(std::string_view json, std::string_view id = "a", const Expect& expect = {}) {
    return PutOne(*store_, DraftOf(json, id), expect);
  }
  Result<Stored> Delete(std::string_view id, const Expect& expect = {}) {
    Result<Stored> stored = Stored{};
    auto done = store_->Write([&](Transaction& transaction) -> Result<void> {
      stored = transaction.resources().Delete("CarePlan", id, expect);
      return stored ? Result<void>() : Result<void>(stored.error());
    });
    if (!done) return std::move(done).error();
    return stored;
  }
  std::vector<std::int64_t> History(std::string_view id, std::size_t limit, std::optional<std::int64_t> after = {}) {
    std::vector<std::int64_t> versions;
    auto read = store_->Read([&](const Snapshot& snapshot) -> Result<void> {
      auto page = snapshot.resources().History("CarePlan", id, after, limit, Visible::Everything());
      if (!page) return page.error();
      for (const Version& version : page->entries) versions.push_back(version.version);
      return {};
    });
    EXPECT_TRUE(read);
    return versions;
  }

  TestDirectory directory_;
  TestClock clock_;
  std::unique_ptr<Store> store_ = OpenStore(directory_, clock_);
};

TEST_F(ResourcesTest, PutsMetaIntoTheBytesOnce) {
  const auto stored = Put(kPlan);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->change, Change::kCreated);
  EXPECT_EQ(stored->version.body,
            R"({"resourceType":"CarePlan","id":"a","meta":{"versionId":"1","lastUpdated":"2025-02-03T14:10:00.123Z"},)"
            R"("status":"active","intent":"plan"})");
  const auto current = CurrentOf(*store_, "CarePlan", "a");
  ASSERT_TRUE(current);
  EXPECT_EQ(current->body, stored->version.body);
}

TEST_F(ResourcesTest, IgnoresTheClientsVersionAndKeepsItsProfile) {
  const auto stored =
      Put(R"({"resourceType":"CarePlan","id":"other","meta":{"versionId":"999","lastUpdated":"2999-01-01T00:00:00Z",)"
          R"("profile":["http://example.org/p"]},"status":"active","intent":"plan"})");
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->version.body,
            R"({"resourceType":"CarePlan","id":"a","meta":{"versionId":"1","lastUpdated":"2025-02-03T14:10:00.123Z",)"
            R"("profile":["http://example.org/p"]},"status":"active","intent":"plan"})");
}

TEST_F(ResourcesTest, SaysUnchangedWhenWhatWasReadComesBack) {
  const auto first = Put(kPlan);
  ASSERT_TRUE(first);
  clock_.Advance(std::chrono::seconds(5));
  const auto again = Put(first->version.body);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->change, Change::kUnchanged);
  EXPECT_EQ(again->version.version, 1);
  EXPECT_EQ(again->version.body, first->version.body);
  EXPECT_EQ(History("a", 10), (std::vector<std::int64_t>{1}));
}

TEST_F(ResourcesTest, KeepsEveryVersion) {
  ASSERT_TRUE(Put(kPlan));
  const auto second = Put(kPlanRevoked);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->change, Change::kUpdated);
  ASSERT_TRUE(Put(kPlan));
  EXPECT_EQ(History("a", 10), (std::vector<std::int64_t>{3, 2, 1}));
  EXPECT_EQ(History("a", 2), (std::vector<std::int64_t>{3, 2}));
  EXPECT_EQ(History("a", 2, 2), (std::vector<std::int64_t>{1}));
  std::string first;
  ASSERT_TRUE(store_->Read([&](const Snapshot& snapshot) -> Result<void> {
    auto version = snapshot.resources().At("CarePlan", "a", 1, Visible::Everything());
    if (!version) return version.error();
    first = (*version)->body;
    return {};
  }));
  EXPECT_NE(first.find(R"("versionId":"1")"), std::string::npos);
}

TEST_F(ResourcesTest, NeverTurnsLastUpdatedBack) {
  const auto first = Put(kPlan);
  ASSERT_TRUE(first);
  clock_.Advance(std::chrono::hours(-1));
  const auto second = Put(kPlanRevoked);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->version.last_updated, first->version.last_updated);
}

TEST_F(ResourcesTest, RefusesAnotherVersionThanExpected) {
  ASSERT_TRUE(Put(kPlan));
  ASSERT_TRUE(Put(kPlanRevoked, "a", {.version = 1, .absent = false}));
  const auto stale = Put(kPlan, "a", {.version = 1, .absent = false});
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().kind, ErrorKind::kPrecondition);
  EXPECT_EQ(stale.error().issues.at(0).rule, "version-conflict");
  const auto there = Put(kPlan, "a", {.version = {}, .absent = true});
  ASSERT_FALSE(there);
  EXPECT_EQ(there.error().issues.at(0).rule, "already-there");
  EXPECT_FALSE(Put(kPlan, "b", {.version = 1, .absent = false}));
}

TEST_F(ResourcesTest, LeavesATombstoneAndComesBackAsTheNextVersion) {
  ASSERT_TRUE(Put(kPlan));
  const auto buried = Delete("a");
  ASSERT_TRUE(buried);
  EXPECT_EQ(buried->change, Change::kDeleted);
  EXPECT_EQ(buried->version.version, 2);
  const auto current = CurrentOf(*store_, "CarePlan", "a");
  ASSERT_TRUE(current);
  EXPECT_TRUE(current->deleted);
  EXPECT_EQ(current->body, "");
  EXPECT_EQ(Delete("a")->change, Change::kUnchanged);
  const auto back = Put(kPlan);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->change, Change::kCreated);
  EXPECT_EQ(back->version.version, 3);
}

TEST_F(ResourcesTest, DeletesNothingThatNeverWas) {
  const auto deleted = Delete("never");
  ASSERT_FALSE(deleted);
  EXPECT_EQ(deleted.error().kind, ErrorKind::kNotFound);
}

TEST_F(ResourcesTest, CannotBeWrittenThroughASnapshot) {
  const Draft draft = DraftOf(kPlan, "a");
  auto read = store_->Read([&](const Snapshot& snapshot) -> Result<void> {
    auto stored = const_cast<Resources&>(snapshot.resources()).Put(draft, {});
    return stored ? Result<void>() : Result<void>(stored.error());
  });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::kInternal);
}

TEST_F(ResourcesTest, RefusesWhatIsNoResource) {
  for (const std::string_view json :
       {R"([])", R"({})", R"({"resourceType":""})", R"({"resourceType":"X","meta":[]})"}) {
    const auto document = json::ParseDocument(json);
    ASSERT_TRUE(document);
    const auto draft = Draft::Make(document->root, "a", {}, {});
    ASSERT_FALSE(draft) << json;
    EXPECT_EQ(draft.error().issues.at(0).rule, "resource-shape");
  }
}

}  // namespace
}  // namespace throughline::store
