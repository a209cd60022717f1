// Tables of small profiles, and of resources that keep their rules or break them: tests/cases/validate/profiles.
#include "fhir/validate/profiles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "fhir/compile/compile.h"
#include "fhir/json/build.h"
#include "fhir/json/parse.h"
#include "fhir/validate/validate.h"

namespace throughline::validate {
namespace {

using definitions::Definitions;
using definitions::R4;
using json::Value;

constexpr std::string_view kBase = "http://hl7.org/fhir/StructureDefinition/";

json::Document ReadTable(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  auto document = json::ParseDocument(std::string(std::istreambuf_iterator<char>(in), {}));
  EXPECT_TRUE(document) << file;
  return document ? *std::move(document) : json::Document{json::Arena(), {}};
}

std::filesystem::path Folder() { return std::string(THROUGHLINE_SOURCE_DIR) + "/tests/cases/validate/profiles"; }

// The short rows of a table: {"url", "base", "type", "abstract", "differential"}.
Value ToDefinition(const Value& row, json::Arena& arena) {
  const std::string_view base = row.Get("base").text();
  const std::string_view type = row.Get("type").text().empty() ? base : row.Get("type").text();
  json::ObjectBuilder differential(arena);
  differential.Add("element", row.Get("differential"));
  json::ObjectBuilder definition(arena);
  definition.AddString("resourceType", "StructureDefinition");
  definition.AddString("url", row.Get("url").text());
  definition.AddString("kind", R4().IsResource(R4().FindType(type)) ? "resource" : "complex-type");
  definition.AddString("derivation", "constraint");
  definition.AddBoolean("abstract", row.Get("abstract").boolean());
  definition.AddString("type", type);
  definition.AddString("baseDefinition",
                       base.find('/') == std::string_view::npos ? std::string(kBase).append(base) : std::string(base));
  definition.Add("differential", differential.Build());
  return definition.Build();
}

class Resources final : public path::Resolver {
 public:
  explicit Resources(const Value& list) : list_(list) {}
  bool Resolve(std::string_view reference, Value& out) override {
    for (const Value& resource : list_.items()) {
      const std::string type(resource.Get("resourceType").text());
      if (reference == type + '/' + std::string(resource.Get("id").text())) {
        out = resource;
        return true;
      }
    }
    return false;
  }

 private:
  Value list_;
};

std::vector<std::string> Found(const Issues& issues) {
  std::vector<std::string> found;
  for (const Issue& issue : issues) {
    found.push_back(issue.rule + ' ' + issue.expression);
  }
  std::ranges::sort(found);
  return found;
}

std::vector<std::string> Texts(const Value& list) {
  std::vector<std::string> texts;
  for (const Value& text : list.items()) {
    texts.emplace_back(text.text());
  }
  return texts;
}

void RunCase(const Value& row, const Definitions& definitions, const Options& shared) {
  SCOPED_TRACE(std::string(row.Get("name").text()));
  Options options = shared;
  const std::vector<std::string> asked = Texts(row.Get("profiles"));
  options.profiles = row.Find("profiles") == nullptr ? shared.profiles : std::span<const std::string>(asked);
  Resources resources(row.Get("at_hand"));
  options.resolver = &resources;
  const Issues issues = Check(row.Get("given"), definitions, options);
  std::vector<std::string> wanted = Texts(row.Get("issues"));
  std::ranges::sort(wanted);
  EXPECT_EQ(Found(issues), wanted);
  const std::string says(row.Get("says").text());
  for (const Issue& issue : issues) {
    EXPECT_NE(issue.text.find(says), std::string::npos) << issue.text;
  }
}

void RunTable(const std::filesystem::path& file) {
  SCOPED_TRACE(file.filename().string());
  json::Document table = ReadTable(file);
  compile::Input input;
  input.below = &R4();
  for (const Value& row : table.root.Get("definitions").items()) {
    input.resources.push_back(ToDefinition(row, table.arena));
  }
  for (const Value& resource : table.root.Get("resources").items()) {
    input.resources.push_back(resource);
  }
  const auto blob = compile::Compile(input);
  ASSERT_TRUE(blob) << blob.error().message;
  const auto definitions = R4().With(std::as_bytes(std::span(*blob)));
  ASSERT_TRUE(definitions);
  const Profiles profiles(*definitions);
  const std::vector<std::string> first = {std::string(table.root.Get("definitions").items()[0].Get("url").text())};
  Options options;
  options.best_practice = false;
  options.profile_plans = &profiles;
  options.profiles = first;
  for (const Value& row : table.root.Get("cases").items()) {
    RunCase(row, *definitions, options);
  }
}

TEST(Profiles, HoldInEveryCase) {
  std::size_t tables = 0;
  for (const auto& file : std::filesystem::directory_iterator(Folder())) {
    RunTable(file.path());
    ++tables;
  }
  EXPECT_GT(tables, 5U);
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
