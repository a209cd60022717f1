// A clock that stands still, a directory that goes away, and drafts from a line of JSON.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/json/parse.h"
#include "gateway/store/draft.h"
#include "gateway/store/resources.h"
#include "gateway/store/store.h"
#include "gateway/store/verify.h"

namespace throughline::store {

class TestClock final : public Clock {
 public:
  Instant Now() const override { return Instant(std::chrono::microseconds(now_.load())); }
  std::chrono::steady_clock::time_point Monotonic() const override {
    return std::chrono::steady_clock::time_point(std::chrono::microseconds(now_.load()));
  }
  void Advance(std::chrono::microseconds time) { now_ += time.count(); }

 private:
  std::atomic<std::int64_t> now_{1'738'591'800'123'456};  // 2025-02-03T14:10:00.123456Z
};

class TestDirectory {
 public:
  TestDirectory() {
    std::string name = ::testing::TempDir() + "throughline-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TestDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;

  std::string data() const { return path_ + "/data"; }
  std::string in(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

inline Options OptionsFor(const TestDirectory& directory) {
  Options options;
  options.directory = directory.data();
  return options;
}

inline std::unique_ptr<Store> OpenStore(const TestDirectory& directory, const Clock& clock) {
  auto store = Store::Open(OptionsFor(directory), clock);
  EXPECT_TRUE(store) << (store ? "" : store.error().message);
  return store ? *std::move(store) : nullptr;
}

inline Draft DraftOf(std::string_view json, std::string_view id, std::vector<search::IndexRow> rows = {},
                     std::string compartment = {}) {
  const auto document = json::ParseDocument(json);
  EXPECT_TRUE(document);
  auto draft = Draft::Make(document->root, id, std::move(rows), std::move(compartment));
  EXPECT_TRUE(draft);
  return *std::move(draft);
}

inline Result<Stored> PutOne(Store& store, const Draft& draft, const Expect& expect = {}) {
  Result<Stored> stored = Stored{};
  auto done = store.Write([&](Transaction& transaction) -> Result<void> {
    stored = transaction.resources().Put(draft, expect);
    if (!stored) return stored.error();
    return {};
  });
  if (!done) return std::move(done).error();
  return stored;
}

inline std::optional<Version> CurrentOf(const Store& store, std::string_view type, std::string_view id) {
  std::optional<Version> found;
  auto read = store.Read([&](const Snapshot& snapshot) -> Result<void> {
    auto version = snapshot.resources().Current(type, id, Visible::Everything());
    if (!version) return version.error();
    found = *std::move(version);
    return {};
  });
  EXPECT_TRUE(read);
  return found;
}

}  // namespace throughline::store
