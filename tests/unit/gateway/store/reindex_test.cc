#include "gateway/store/reindex.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>

#include "fhir/compile/compile.h"
#include "fhir/search/indexer.h"
#include "fhir/search/query.h"
#include "gateway/store/directory.h"
#include "gateway/store/index.h"
#include "gateway/store/index_table.h"
#include "gateway/store/sql/connection.h"
#include "support.h"

namespace throughline::store {
namespace {

constexpr std::string_view kTitle =
    R"([{"resourceType":"SearchParameter","url":"http://example.org/title","code":"title",
  "base":["CarePlan"],"type":"string","expression":"CarePlan.title"}])";

// R4 with a package that has a parameter more; and what is made of both.
class WithPackage {
 public:
  WithPackage() : blob_(Compiled()), definitions_(*definitions::R4().With(std::as_bytes(std::span(blob_)))) {}
  const Drafter& drafter() const { return drafter_; }

 private:
  static std::vector<std::uint64_t> Compiled() {
    const auto document = json::ParseDocument(kTitle);
    compile::Input input;
    input.below = &definitions::R4();
    input.package = "example.title";
    input.resources.assign(document->root.items().begin(), document->root.items().end());
    const auto bytes = compile::Compile(input);
    std::vector<std::uint64_t> words(bytes->size() / sizeof(std::uint64_t));
    std::memcpy(words.data(), bytes->data(), bytes->size());
    return words;
  }

  std::vector<std::uint64_t> blob_;
  definitions::Definitions definitions_;
  search::Indexer indexer_ = search::Indexer::Make(definitions_);
  Drafter drafter_{definitions_, indexer_};
};

const Drafter& Plain() {
  static const search::Indexer indexer = search::Indexer::Make(definitions::R4());
  static const Drafter drafter(definitions::R4(), indexer);
  return drafter;
}

const Drafter& Packaged() {
  static const WithPackage package;
  return package.drafter();
}

constexpr std::size_t kBatch = 50;

bool GoOn(const ReindexProgress&) { return true; }

Draft Plan(const Drafter& drafter, int number, std::string_view title = "Way home") {
  const std::string id = "n" + std::to_string(number);
  const auto document = json::ParseDocument(
      R"({"resourceType":"CarePlan","status":"active","intent":"plan","subject":{"reference":"Patient/p"},"title":")" +
      std::string(title) + "\"}");
  return *drafter.Make(document->root, id);
}

// So many resources that they take several batches, stored without the package.
void Fill(Store& store, int count) {
  ASSERT_TRUE(Reindex(store, Plain(), GoOn, kBatch));
  ASSERT_TRUE(store.Write([&](Transaction& transaction) -> Result<void> {
    for (int i = 0; i < count; ++i) {
      auto stored = transaction.resources().Put(Plan(Plain(), i), {});
      if (!stored) return stored.error();
    }
    return {};
  }));
}

std::uint64_t Titled(const Store& store, std::string_view title) {
  std::uint64_t count = 0;
  const auto read = store.Read([&](const Snapshot& snapshot) -> Result<void> {
    search::Query query;
    query.type = "CarePlan";
    query.conditions.push_back({.parameter = "title",
                                .type = definitions::SearchType::kString,
                                .values = {search::StringValue{std::string(title), std::string(title)}},
                                .chain = {}});
    auto counted = snapshot.resources().Count(query, Visible::Everything());
    if (!counted) return counted.error();
    count = *counted;
    return {};
  });
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return count;
}

// "rule place" of what a deep check finds.
std::vector<std::string> Findings(const Store& store, const Drafter& drafter) {
  const auto report = store.Verify(&drafter);
  EXPECT_TRUE(report);
  std::vector<std::string> found;
  for (const Finding& finding : report->findings) found.push_back(finding.rule + " " + finding.place);
  return found;
}

const std::vector<std::string> kOutdated = {"index-outdated index"};
const std::vector<std::string> kNone;

TEST(Reindex, FindsWhatWasStoredBeforeThePackageCame) {
  const TestDirectory directory;
  const TestClock clock;
  Fill(*OpenStore(directory, clock), 120);
  const auto store = OpenStore(directory, clock);
  EXPECT_EQ(Findings(*store, Plain()), kNone);
  EXPECT_EQ(Findings(*store, Packaged()), kOutdated);
  EXPECT_EQ(Titled(*store, "way home"), 0u);
  std::vector<unsigned> percents;
  const auto report = Reindex(
      *store, Packaged(),
      [&](const ReindexProgress& progress) {
        percents.push_back(progress.percent);
        return true;
      },
      kBatch);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->finished);
  EXPECT_EQ(report->resources, 120u);
  EXPECT_TRUE(std::ranges::is_sorted(percents) && percents.size() > 1);
  EXPECT_EQ(Findings(*store, Packaged()), kNone);
  EXPECT_EQ(Titled(*store, "way home"), 120u);
}

TEST(Reindex, DoesNotTrustRowsOfWhichNothingIsKnown) {
  const TestDirectory directory;
  const TestClock clock;
  const auto store = OpenStore(directory, clock);
  ASSERT_TRUE(PutOne(*store, DraftOf(R"({"resourceType":"CarePlan","status":"active"})", "old")));
  EXPECT_EQ(Findings(*store, Plain()), kOutdated);
  EXPECT_EQ(Reindex(*store, Plain(), GoOn, kBatch)->resources, 1u);
  EXPECT_EQ(Findings(*store, Plain()), kNone);
}

TEST(Reindex, CostsNothingWhenNothingHasChanged) {
  const TestDirectory directory;
  const TestClock clock;
  const auto store = OpenStore(directory, clock);
  Fill(*store, 10);
  const auto before = store->counters().items;
  const auto report = Reindex(*store, Plain(), GoOn, kBatch);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->resources, 0u);
  EXPECT_EQ(store->counters().items, before);
}

TEST(Reindex, GoesOnWhereItWasStopped) {
  const TestDirectory directory;
  const TestClock clock;
  Fill(*OpenStore(directory, clock), 230);
  std::uint64_t resources = 0;
  for (int starts = 1; starts < 10; ++starts) {
    const auto store = OpenStore(directory, clock);
    const auto report = Reindex(
        *store, Packaged(), [](const ReindexProgress&) { return false; }, kBatch);
    ASSERT_TRUE(report);
    resources += report->resources;
    EXPECT_EQ(Findings(*store, Packaged()), report->finished ? kNone : kOutdated);
    if (report->finished) break;
    EXPECT_EQ(report->resources, kBatch);
  }
  EXPECT_EQ(resources, 230u);
  EXPECT_EQ(Titled(*OpenStore(directory, clock), "way home"), 230u);
}

TEST(Reindex, StartsAgainWhenTheDefinitionsChangeHalfWay) {
  const TestDirectory directory;
  const TestClock clock;
  const auto store = OpenStore(directory, clock);
  Fill(*store, 70);
  ASSERT_FALSE(Reindex(
                   *store, Packaged(), [](const ReindexProgress&) { return false; }, kBatch)
                   ->finished);
  EXPECT_EQ(Findings(*store, Plain()), kOutdated);
  EXPECT_EQ(Reindex(*store, Plain(), GoOn, kBatch)->resources, 70u);
  EXPECT_EQ(Findings(*store, Plain()), kNone);
  EXPECT_EQ(Titled(*store, "way home"), 0u);
}

TEST(Reindex, LeavesAloneWhatIsWrittenMeanwhile) {
  const TestDirectory directory;
  const TestClock clock;
  const auto store = OpenStore(directory, clock);
  Fill(*store, 170);
  bool written = false;
  const auto report = Reindex(
      *store, Packaged(),
      [&](const ReindexProgress&) {
        if (std::exchange(written, true)) return true;
        // The second batch is read by now, the last one is not.
        EXPECT_TRUE(store->Write([](Transaction& transaction) -> Result<void> {
          for (const int number : {0, 60, 160}) {
            auto stored = transaction.resources().Put(Plan(Packaged(), number, "Other way"), {});
            auto gone = transaction.resources().Delete("CarePlan", "n" + std::to_string(number + 1), {});
            if (!stored || !gone) return MakeError(ErrorKind::kInternal, "put", "put");
          }
          return {};
        }));
        return true;
      },
      kBatch);
  ASSERT_TRUE(report);
  EXPECT_EQ(Findings(*store, Packaged()), kNone);
  EXPECT_EQ(Titled(*store, "other way"), 3u);
  EXPECT_EQ(Titled(*store, "way home"), 170u - 6);
}

TEST(Reindex, PassesOverABodyThatCannotBeRead) {
  const TestDirectory directory;
  const TestClock clock;
  Fill(*OpenStore(directory, clock), 3);
  {
    auto connection = sql::Connection::Open(DatabasePath(directory.data()), sql::Access::kWriter, clock);
    ASSERT_TRUE((*connection)->Execute("UPDATE resource SET body = '{' WHERE id = 'n1'"));
  }
  const auto store = OpenStore(directory, clock);
  const auto report = Reindex(*store, Packaged(), GoOn, kBatch);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->finished);
  EXPECT_EQ(report->resources, 2u);
  EXPECT_EQ(report->passed_over, 1u);
  EXPECT_EQ(Findings(*store, Packaged()), std::vector<std::string>{"body-unreadable CarePlan/n1/_history/1"});
}

// In a child: says each batch that is durable and asks before it goes on, until it is killed.
[[noreturn]] void ReindexUntilKilled(const TestDirectory& directory, int parent) {
  const TestClock clock;
  auto store = Store::Open(OptionsFor(directory), clock);
  char word = 'd';
  if (store) {
    static_cast<void>(Reindex(
        **store, Packaged(),
        [&](const ReindexProgress&) { return ::write(parent, &word, 1) == 1 && ::read(parent, &word, 1) == 1; },
        kBatch));
  }
  ::_exit(1);
}

TEST(Reindex, LosesAndDoublesNothingWhenKilled) {
  const TestDirectory directory;
  const TestClock clock;
  Fill(*OpenStore(directory, clock), 600);
  for (const int kill_after : {1, 2, 3}) {
    std::array<int, 2> ends = {};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) ReindexUntilKilled(directory, ends[1]);
    ::close(ends[1]);
    // It is killed in its next batch, or where it asks whether to go on: never behind the last one.
    char word = 0;
    for (int batches = 0; batches < kill_after; ++batches) {
      ASSERT_EQ(::read(ends[0], &word, 1), 1);
      ASSERT_EQ(::write(ends[0], &word, 1), 1);
    }
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ::close(ends[0]);
    EXPECT_EQ(Findings(*OpenStore(directory, clock), Packaged()), kOutdated);
  }
  const auto store = OpenStore(directory, clock);
  const auto report = Reindex(*store, Packaged(), GoOn, kBatch);
  ASSERT_TRUE(report);
  EXPECT_LE(report->resources, 600u - 3 * kBatch);
  EXPECT_EQ(Findings(*store, Packaged()), kNone);
  EXPECT_EQ(Titled(*store, "way home"), 600u);
}

// Fails when resources get other rows than before: raise kRowRules, so that stores index anew what they hold, and put
// the new number here. (R4's definitions have their own place in the fingerprint: after a change of those alone the
// number here is enough.)
TEST(RowRules, AreRaisedWhenRowsChange) {
  std::ifstream file(THROUGHLINE_SOURCE_DIR "/tests/data/gateway/store/indexed.json", std::ios::binary);
  const auto document = json::ParseDocument(std::string(std::istreambuf_iterator<char>(file), {}));
  ASSERT_TRUE(document);
  std::vector<std::string> lines;
  for (const json::Value& resource : document->root.items()) {
    const auto draft = Plain().Make(resource, resource.Get("id").text());
    ASSERT_TRUE(draft);
    for (const search::IndexRow& row : draft->rows()) {
      const Cells cells = TableOf(row).cells(row);
      std::string line = draft->id() + " " + draft->compartment() + " " + row.parameter;
      for (std::size_t i = 0; i < cells.count; ++i) {
        const auto* number = std::get_if<std::int64_t>(&cells.values[i]);
        line += "\x1F" + (number ? std::to_string(*number) : std::string(std::get<std::string_view>(cells.values[i])));
      }
      lines.push_back(line + "\n");
    }
  }
  std::ranges::sort(lines);
  certs::Sha256 hash;
  for (const std::string& line : lines) hash.Update(line);
  EXPECT_GT(lines.size(), 60u);
  EXPECT_EQ(std::to_string(kRowRules) + " " + certs::ToHex(hash.Finish()).substr(0, 16), "1 c0368661030c7da3");
}

}  // namespace
}  // namespace throughline::store
