#include "gateway/log/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>
#include <type_traits>

#include "fhir/json/parse.h"

namespace throughline::log {
namespace {

class FixedClock final : public Clock {
 public:
  Instant Now() const override { return Instant{std::chrono::microseconds{1'738'591'800'123'000}}; }
  std::chrono::steady_clock::time_point Monotonic() const override { return {}; }
};

// A log file of its own, read back line by line.
class LogFile : public testing::Test {
 protected:
  LogFile() : path_(testing::TempDir() + "throughline-log-" + std::to_string(::getpid())) {
    std::filesystem::remove(path_);
    fd_ = *OpenForAppend(path_);
  }
  ~LogFile() override {
    ::close(fd_);
    std::filesystem::remove(path_);
  }

  std::vector<std::string> Lines() const {
    std::ifstream file(path_);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

  std::string path_;
  int fd_ = -1;
  FixedClock clock_;
};

TEST_F(LogFile, HasALineOfTypedFields) {
  constexpr std::array<std::string_view, 2> types = {"CarePlan", "Patient"};
  const Vocabulary vocabulary(types);
  std::array<std::uint8_t, 32> mac{};
  mac[0] = 0xAB;
  Log log(fd_, clock_);
  log.Info("resource.created", {Request(RequestId({1, 2})), Code("type", vocabulary.Pick("CarePlan")),
                                Code("other", vocabulary.Pick("Canary")), Count("entries", -3), Flag("again", true),
                                Duration("elapsed", std::chrono::nanoseconds{812'900}), Hash("patient", KeyedHash(mac)),
                                Kind(ErrorKind::kNotFound)});
  ASSERT_EQ(Lines().size(), 1u);
  EXPECT_EQ(
      Lines()[0],
      R"({"time":"2025-02-03T14:10:00.123Z","level":"info","event":"resource.created",)"
      R"("request":"01020000000000000000000000000000","type":"CarePlan","other":"other","entries":-3,"again":true,)"
      R"("elapsed_us":812,"patient":"ab00000000000000","error":"not-found"})");
}

TEST_F(LogFile, LeavesOutWhatIsBelowTheLowestLevel) {
  Log log(fd_, clock_, LogLevel::kWarning);
  log.Info("quiet");
  log.Warning("loud");
  EXPECT_EQ(Lines().size(), 1u);
}

TEST_F(LogFile, CutsALineAtFourKibibytes) {
  Log log(fd_, clock_);
  const std::vector<Field> fields(200, Code("name_of_some_length", "value_of_some_length"));
  log.Write(LogLevel::kInfo, "long", fields);
  ASSERT_EQ(Lines().size(), 1u);
  EXPECT_LE(Lines()[0].size() + 1, 4096u);
  EXPECT_TRUE(Lines()[0].ends_with(",\"cut\":true}"));
}

TEST_F(LogFile, KeepsLinesOfThreadsApart) {
  Log log(fd_, clock_);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&log] {
        for (int n = 0; n < 200; ++n) log.Info("turn", {Count("number", n)});
      });
    }
  }
  EXPECT_EQ(Lines().size(), 800u);
  for (const std::string& line : Lines()) EXPECT_TRUE(json::ParseDocument(line)) << line;
  EXPECT_EQ(log.dropped(), 0u);
}

TEST_F(LogFile, IsReadableByItsOwnerOnly) {
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
}

TEST(Log, CountsWhatItCouldNotWriteAndSaysSoLater) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC), 0);
  FixedClock clock;
  Log log(ends[1], clock);
  const std::vector<Field> fields(200, Code("name_of_some_length", "value_of_some_length"));
  std::uint64_t written = 0;
  while (log.dropped() < 3) {
    log.Write(LogLevel::kInfo, "long", fields);
    ++written;
  }
  std::array<char, 65536> bytes{};
  while (::read(ends[0], bytes.data(), bytes.size()) > 0) continue;
  log.Info("after");
  const ssize_t size = ::read(ends[0], bytes.data(), bytes.size());
  ASSERT_GT(size, 0);
  EXPECT_NE(std::string_view(bytes.data(), static_cast<std::size_t>(size)).find("\"dropped\":3"),
            std::string_view::npos);
  EXPECT_GT(written, 3u);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(OpenForAppend, FailsWithoutTheFolder) {
  const Result<int> fd = OpenForAppend("/nonexistent/folder/log");
  ASSERT_FALSE(fd);
  EXPECT_EQ(fd.error().kind, ErrorKind::kUnavailable);
}

// No text of run time becomes a word or a field.
static_assert(!std::is_constructible_v<Word, std::string>);
static_assert(!std::is_constructible_v<Word, std::string_view>);
static_assert(!std::is_constructible_v<Word, const char*>);
static_assert(!std::is_invocable_v<decltype(Code), Word, std::string_view>);

}  // namespace
}  // namespace throughline::log
