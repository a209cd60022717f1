// Durable puts per second, with their index and audit rows, against the bare limit of the same run: one INSERT of the
// same bytes and a COMMIT over and over, and write + fsync alone. `ratio` is ours / bare commits.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/search/index_row.h"
#include "gateway/store/audit_log.h"
#include "gateway/store/draft.h"
#include "gateway/store/resources.h"
#include "gateway/store/sql/connection.h"
#include "gateway/store/store.h"

namespace throughline::store {
namespace {

constexpr std::chrono::milliseconds kTime{1'500};

class SystemClock final : public Clock {
 public:
  Instant Now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
  std::chrono::steady_clock::time_point Monotonic() const override { return std::chrono::steady_clock::now(); }
};

class Directory {
 public:
  Directory() {
    std::string name = (std::filesystem::current_path() / "store-bench-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  std::string path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// About 1 kB with ten index rows, as an Observation has.
std::string Body() {
  return R"({"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"72166-2"}]},)"
         R"("subject":{"reference":"Patient/8f2d6a7c"},"note":[{"text":")" +
         std::string(800, 'n') + R"("}]})";
}

std::vector<search::IndexRow> Rows(int number) {
  const std::string id = std::to_string(number % 1000);
  std::vector<search::IndexRow> rows;
  for (const char* name : {"code", "combo-code", "status", "category"}) {
    rows.push_back({name, search::Token{"http://loinc.org", "72166-2", "72166-2", false}});
  }
  rows.push_back({"identifier", search::Token{"urn:mrn", id, id, false}});
  for (const char* name : {"subject", "patient", "encounter"}) {
    rows.push_back({name, search::Reference{"Patient", id, {}, {}}});
  }
  rows.push_back({"date", search::DateSpan{Instant{}, Instant{} + std::chrono::seconds(number)}});
  return rows;
}

Draft DraftOf(int number) {
  const auto document = json::ParseDocument(Body());
  return *Draft::Make(document->root, "r" + std::to_string(number), Rows(number), "Patient/8f2d6a7c");
}

// Runs `step` until the time is over; gives its rate.
template <typename Step>
double RateOf(Step step) {
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t count = 0;
  std::chrono::duration<double> passed{};
  do {
    step();
    ++count;
    passed = std::chrono::steady_clock::now() - start;
  } while (passed < kTime);
  return static_cast<double>(count) / passed.count();
}

double BareCommits(const Directory& directory) {
  const SystemClock clock;
  auto connection = *sql::Connection::Open(directory.path("bare.db"), sql::Access::kWriter, clock);
  if (!connection->Execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body BLOB)")) return 0;
  const std::string body = Body();
  return RateOf([&] {
    static_cast<void>(connection->Query("BEGIN IMMEDIATE").Run());
    static_cast<void>(connection->Query("INSERT INTO bare (body) VALUES ($body)").BindBytes("$body", body).Run());
    static_cast<void>(connection->Query("COMMIT").Run());
    if (connection->log_bytes() > 16u << 20) static_cast<void>(connection->Checkpoint());
  });
}

double BareFsyncs(const Directory& directory) {
  const int file = ::open(directory.path("bare.log").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const std::string page(4096, 'p');
  const double rate = RateOf([&] {
    const bool written = ::write(file, page.data(), page.size()) == static_cast<ssize_t>(page.size());
    if (!written || ::fsync(file) != 0) std::abort();
  });
  ::close(file);
  return rate;
}

double Puts(Store& store, int threads) {
  std::atomic<int> next{0};
  std::atomic<std::uint64_t> failed{0};
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&] {
      while (std::chrono::steady_clock::now() - start < kTime) {
        const Draft draft = DraftOf(next++);
        auto done = store.Write([&](Transaction& transaction) -> Result<void> {
          auto stored = transaction.resources().Put(draft, {});
          if (!stored) return std::move(stored).error();
          auto appended = transaction.audit().Append({});
          return appended ? Result<void>() : Result<void>(std::move(appended).error());
        });
        if (!done) ++failed;
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  return failed == 0 ? next.load() / passed.count() : 0;
}

void DurablePuts(benchmark::State& state) {
  for (auto _ : state) {
    const Directory directory;
    const SystemClock clock;
    Options options;
    options.directory = directory.path("data");
    auto store = Store::Open(options, clock);
    if (!store) {
      state.SkipWithError("the store does not open");
      return;
    }
    const double puts = Puts(**store, static_cast<int>(state.range(0)));
    const Counters counters = (*store)->counters();
    const double commits = BareCommits(directory);
    state.counters["own_puts_per_s"] = puts;
    state.counters["peer_bare_commits_per_s"] = commits;
    state.counters["ratio"] = puts / commits;
    state.counters["fsyncs_per_s"] = BareFsyncs(directory);
    state.counters["items_per_fsync"] = static_cast<double>(counters.items) / static_cast<double>(counters.groups);
    state.SetIterationTime(1.0 / puts);
  }
}
BENCHMARK(DurablePuts)
    ->Name("store.puts")
    ->Arg(1)
    ->Arg(32)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace throughline::store
