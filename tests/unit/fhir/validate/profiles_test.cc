// Tables of small profiles, and of resources that keep their rules or break them: tests/cases/validate/profiles.
#include "fhir/validate/profiles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "fhir/validate/validate.h"
#include "tests/unit/fhir/validate/tables.h"

namespace throughline::validate {
namespace {

using definitions::Definitions;
using definitions::R4;
using json::Value;

void RunCase(const Value& row, const Definitions& definitions, const Options& shared) {
  SCOPED_TRACE(std::string(row.Get("name").text()));
  Options options = shared;
  const std::vector<std::string> asked = Texts(row.Get("profiles"));
  options.profiles = row.Find("profiles") == nullptr ? shared.profiles : std::span<const std::string>(asked);
  ReadOptions(row, options);
  Resources resources(row.Get("at_hand"));
  options.resolver = &resources;
  json::Arena arena;
  const Issues issues = Check(Repeated(row, "given", arena), definitions, options);
  EXPECT_EQ(Found(issues), Wanted(row));
  if (row.Get("status").is_number()) {
    EXPECT_EQ(std::to_string(throughline::RowOf(KindOf(issues)).http_status), row.Get("status").text());
  }
  const std::string says(row.Get("says").text());
  for (const Issue& issue : issues) {
    EXPECT_NE(issue.text.find(says), std::string::npos) << issue.text;
    EXPECT_TRUE(row.Find("warns") == nullptr || row.Get("warns").boolean() == (issue.severity == Severity::kWarning));
  }
}

void RunTable(const std::filesystem::path& file) {
  SCOPED_TRACE(file.filename().string());
  json::Document table = ReadTable(file);
  const Layer layer(table);
  const Profiles profiles(layer.get());
  const std::vector<std::string> first = {std::string(table.root.Get("definitions").items()[0].Get("url").text())};
  Options options;
  options.best_practice = false;
  options.profile_plans = &profiles;
  options.profiles = first;
  options.now = std::chrono::sys_days{std::chrono::January / 1 / 2026};
  for (const Value& row : table.root.Get("cases").items()) {
    RunCase(row, layer.get(), options);
  }
}

TEST(Profiles, HoldInEveryCase) {
  std::size_t tables = 0;
  for (const auto& file : std::filesystem::directory_iterator(CaseFolder() / "profiles")) {
    RunTable(file.path());
    ++tables;
  }
  EXPECT_GT(tables, 5U);
}

TEST(Profiles, DoNotAskForATimeThatIsNotGiven) {
  json::Document table = ReadTable("profiles/times.json");
  const Layer layer(table);
  const std::vector<std::string> asked = {std::string(table.root.Get("definitions").items()[0].Get("url").text())};
  Options options;
  options.profiles = asked;
  for (const Value& row : table.root.Get("cases").items()) {
    EXPECT_TRUE(Check(row.Get("given"), layer.get(), options).empty()) << row.Get("name").text();
  }
}

TEST(Profiles, AreMadeOnceForSeveralThreads) {
  const Profiles profiles(R4());
  const std::uint32_t row = profiles.Find("http://hl7.org/fhir/StructureDefinition/bp");
  std::vector<const ProfilePlan*> plans(4);
  {
    std::vector<std::jthread> threads;
    threads.reserve(plans.size());
    for (const ProfilePlan*& plan : plans) {
      threads.emplace_back([&profiles, &plan, row] { plan = profiles.Get(row); });
    }
  }
  EXPECT_NE(plans[0], nullptr);
  EXPECT_EQ(std::ranges::count(plans, plans[0]), 4);
  EXPECT_EQ(profiles.Get(kUnknownProfile), nullptr);
  EXPECT_EQ(profiles.Find("http://example.org/none"), kUnknownProfile);
}

}  // namespace
}  // namespace throughline::validate
