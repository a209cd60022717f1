// Groups, queues, faults and crashes of the one writer.
#include "gateway/store/writer.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <latch>
#include <stdexcept>
#include <thread>

#include "gateway/store/audit_log.h"
#include "gateway/store/directory.h"
#include "gateway/store/schema.h"
#include "support.h"

namespace throughline::store {
namespace {

constexpr std::string_view kSomePlan = R"({"resourceType":"CarePlan","status":"active"})";

std::string IdOf(std::size_t number) { return "id-" + std::to_string(number); }

// Holds the writer inside a piece of work until it is let go.
class Held {
 public:
  explicit Held(Store& store) {
    done_ = store.Submit([this](Transaction&) -> Result<void> {
      entered_.count_down();
      release_.wait();
      return {};
    });
    entered_.wait();
  }
  void LetGo() { release_.count_down(); }
  Result<void> Get() { return done_.get(); }

 private:
  std::latch entered_{1};
  std::latch release_{1};
  std::future<Result<void>> done_;
};

TEST(Writer, CommitsWhatIsWaitingTogether) {
  constexpr std::size_t kThreads = 16;
  const TestDirectory directory;
  const TestClock clock;
  const auto store = OpenStore(directory, clock);
  Held held(*store);
  std::latch submitted(kThreads);
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      const Draft draft = DraftOf(kSomePlan, IdOf(i));
      auto answer = store->Submit([&](Transaction& transaction) -> Result<void> {
        auto stored = transaction.resources().Put(draft, {});
        return stored ? Result<void>() : Result<void>(stored.error());
      });
      submitted.count_down();
      if (!answer.get()) ++failed;
    });
  }
  submitted.wait();
  held.LetGo();
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(held.Get());
  EXPECT_EQ(failed, 0);
  const Counters counters = store->counters();
  EXPECT_EQ(counters.items, kThreads + 1);
  EXPECT_LE(counters.groups, 2u);
  EXPECT_GE(counters.largest_group, kThreads / 2);
  for (std::size_t i = 0; i < kThreads; ++i) EXPECT_TRUE(CurrentOf(*store, "CarePlan", IdOf(i)));
}

TEST(Writer, UndoesOnlyThePieceThatFails) {
  const TestDirectory directory;
  const TestClock clock;
  const auto store = OpenStore(directory, clock);
  Held held(*store);
  const auto put = [&](std::string_view id, bool fail) {
    return store->Submit(
        [draft = DraftOf(kSomePlan, id, {{"status", search::Token{"", std::string(id), std::string(id)}}}),
         fail](Transaction& transaction) -> Result<void> {
          auto stored = transaction.resources().Put(draft, {});
          auto appended = transaction.audit().Append({});
          if (!stored || !appended || fail) return MakeError(ErrorKind::kConflict, "made-up", "made up");
          return {};
        });
  };
  auto first = put("first", false);
  auto second = put("second", true);
  auto third = put("third", false);
  held.LetGo();
  EXPECT_TRUE(first.get());
  const auto failed = second.get();
  ASSERT_FALSE(failed);
  EXPECT_TRUE(third.get());
  EXPECT_TRUE(CurrentOf(*store, "CarePlan", "first"));
  EXPECT_FALSE(CurrentOf(*store, "CarePlan", "second"));
  EXPECT_TRUE(CurrentOf(*store, "CarePlan", "third"));
  const auto report = store->Verify(nullptr);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->audit.rows, 2u);
  EXPECT_EQ(report->finding_count, 0u);
}

TEST(Writer, TurnsExceptionsIntoErrors) {
  const TestDirectory directory;
  const TestClock clock;
  const auto store = OpenStore(directory, clock);
  const auto thrown = store->Write([](Transaction&) -> Result<void> { throw std::runtime_error("made up"); });
  ASSERT_FALSE(thrown);
  EXPECT_EQ(thrown.error().kind, ErrorKind::kInternal);
  EXPECT_TRUE(PutOne(*store, DraftOf(kSomePlan, "a")));
}

TEST(Writer, RefusesMoreThanItsQueueHolds) {
  const TestDirectory directory;
  const TestClock clock;
  Options options = OptionsFor(directory);
  options.queue_items = 2;
  options.queue_wait = std::chrono::milliseconds(0);
  auto opened = Store::Open(options, clock);
  ASSERT_TRUE(opened);
  Store& store = **opened;
  Held held(store);
  const auto nothing = [](Transaction&) -> Result<void> { return {}; };
  auto first = store.Submit(nothing);
  auto second = store.Submit(nothing);
  const auto third = store.Submit(nothing).get();
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, ErrorKind::kThrottled);
  held.LetGo();
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
}

TEST(Writer, FinishesWhatIsQueuedBeforeItCloses) {
  const TestDirectory directory;
  const TestClock clock;
  std::vector<std::future<Result<void>>> answers;
  {
    const auto store = OpenStore(directory, clock);
    for (std::size_t i = 0; i < 50; ++i) {
      answers.push_back(store->Submit([draft = DraftOf(kSomePlan, IdOf(i))](Transaction& transaction) -> Result<void> {
        auto stored = transaction.resources().Put(draft, {});
        return stored ? Result<void>() : Result<void>(stored.error());
      }));
    }
  }
  for (auto& answer : answers) EXPECT_TRUE(answer.get());
}

TEST(Writer, FoldsTheLogInWhenItIsLong) {
  const TestDirectory directory;
  const TestClock clock;
  Options options = OptionsFor(directory);
  options.checkpoint_bytes = 1;
  auto store = Store::Open(options, clock);
  ASSERT_TRUE(store);
  for (std::size_t i = 0; i < 5; ++i) ASSERT_TRUE(PutOne(**store, DraftOf(kSomePlan, IdOf(i))));
  EXPECT_GE((*store)->counters().checkpoints, 3u);
}

// A database whose size is limited stands for a full disk.
TEST(Writer, SaysNoSpaceAndGoesOnWhenThereIsSome) {
  const TestDirectory directory;
  const TestClock clock;
  ASSERT_TRUE(MakeDirectory(directory.data()));
  auto opened = sql::Connection::Open(DatabasePath(directory.data()), sql::Access::kWriter, clock);
  ASSERT_TRUE(opened);
  sql::Connection& connection = **opened;
  ASSERT_TRUE(Migrate(connection, clock.Now()));
  Writer writer(OptionsFor(directory), clock, *std::move(opened));
  struct Step final : Work {
    explicit Step(std::function<Result<void>(Transaction&)> run) : run_(std::move(run)) {}
    Result<void> Run(Transaction& transaction) override { return run_(transaction); }
    std::function<Result<void>(Transaction&)> run_;
  };
  const auto run = [&](std::function<Result<void>(Transaction&)> step) {
    return writer.Submit(std::make_unique<Step>(std::move(step))).get();
  };
  const std::string large = R"({"resourceType":"Basic","text":")" + std::string(1u << 20, 'x') + R"("})";
  const auto put = [&](Transaction& transaction) -> Result<void> {
    auto stored = transaction.resources().Put(DraftOf(large, "large"), {});
    return stored ? Result<void>() : Result<void>(stored.error());
  };
  ASSERT_TRUE(run([&](Transaction&) { return connection.Execute("PRAGMA max_page_count=100"); }));
  const auto full = run(put);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(full.error().issues.at(0).rule, "no-store");
  EXPECT_EQ(writer.health(), Health::kFull);
  ASSERT_TRUE(run([&](Transaction&) { return connection.Execute("PRAGMA max_page_count=100000"); }));
  EXPECT_TRUE(run(put));
  EXPECT_EQ(writer.health(), Health::kReady);
}

// A limit on the size of files makes write() fail as a broken disk does.
TEST(Writer, WritesNothingMoreAfterTheDiskFailed) {
  const TestDirectory directory;
  const TestClock clock;
  const auto store = OpenStore(directory, clock);
  ASSERT_TRUE(PutOne(*store, DraftOf(kSomePlan, "before")));
  struct rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto ignored = ::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small = {.rlim_cur = 4096, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto failed = PutOne(*store, DraftOf(kSomePlan, "failed"));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, ignored);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(store->health(), Health::kPoisoned);
  const auto after = PutOne(*store, DraftOf(kSomePlan, "after"));
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().issues.at(0).rule, "no-store");
  EXPECT_TRUE(CurrentOf(*store, "CarePlan", "before"));
}

// In a child: puts one resource after the other and says each number once it is durable, until it is killed.
[[noreturn]] void WriteUntilKilled(const TestDirectory& directory, int pipe) {
  const TestClock clock;
  auto store = Store::Open(OptionsFor(directory), clock);
  for (std::size_t i = 0; store; ++i) {
    const Draft draft = DraftOf(kSomePlan, IdOf(i), {{"status", search::Token{"", "active", "active"}}});
    auto done = (*store)->Write([&](Transaction& transaction) -> Result<void> {
      auto stored = transaction.resources().Put(draft, {});
      auto appended = transaction.audit().Append({});
      return stored && appended ? Result<void>() : Result<void>(MakeError(ErrorKind::kInternal, "put", "put"));
    });
    const char acknowledged = 'a';
    if (!done || ::write(pipe, &acknowledged, 1) != 1) break;
  }
  ::_exit(1);
}

TEST(Writer, LosesNothingAcknowledgedWhenKilled) {
  for (const std::size_t kill_after : {1u, 7u, 40u}) {
    const TestDirectory directory;
    std::array<int, 2> ends = {};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) WriteUntilKilled(directory, ends[1]);
    ::close(ends[1]);
    char acknowledged = 0;
    std::size_t count = 0;
    while (count < kill_after && ::read(ends[0], &acknowledged, 1) == 1) ++count;
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    while (::read(ends[0], &acknowledged, 1) == 1) ++count;
    ::close(ends[0]);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ASSERT_GE(count, kill_after);
    const TestClock clock;
    const auto store = OpenStore(directory, clock);
    ASSERT_NE(store, nullptr);
    for (std::size_t i = 0; i < count; ++i) EXPECT_TRUE(CurrentOf(*store, "CarePlan", IdOf(i))) << i;
    const auto report = store->Verify(nullptr);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->finding_count, 0u);
    EXPECT_EQ(report->audit.rows, report->resources);
    EXPECT_LE(report->resources, count + 1);
  }
}

}  // namespace
}  // namespace throughline::store
