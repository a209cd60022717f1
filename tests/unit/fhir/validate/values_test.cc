// No value of a resource stands in what is said about it: a mark is planted in the strings of every case, and looked
// for.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/build.h"
#include "fhir/validate/profiles.h"
#include "fhir/validate/validate.h"
#include "tests/unit/fhir/validate/tables.h"

namespace throughline::validate {
namespace {

constexpr std::string_view kMark = "Zwieback47";
constexpr std::size_t kAll = static_cast<std::size_t>(-1);

// `value` with the mark in its string number `wanted`, or in all; those that say what a resource is stay.
json::Value Plant(const json::Value& value, std::string_view name, std::size_t wanted, std::size_t& number,
                  json::Arena& arena) {
  if (value.is_string()) {
    const bool here = name != "resourceType" && (wanted == kAll || wanted == number);
    ++number;
    return here ? json::Value::String(arena.Copy(std::string(value.text()).append(kMark))) : value;
  }
  if (value.is_array()) {
    json::ArrayBuilder items(arena);
    for (const json::Value& item : value.items()) {
      items.Add(Plant(item, name, wanted, number, arena));
    }
    return items.Build();
  }
  if (value.is_object()) {
    json::ObjectBuilder members(arena);
    for (const json::Member& member : value.members()) {
      members.Add(member.name, Plant(member.value, member.name, wanted, number, arena));
    }
    return members.Build();
  }
  return value;
}

// Checks one value; how many issues there were.
std::size_t Look(const json::Value& value, const definitions::Definitions& definitions, const Options& options) {
  const Issues issues = Check(value, definitions, options);
  for (const Issue& issue : issues) {
    const std::string said = issue.text + issue.expression + issue.location + issue.rule;
    EXPECT_EQ(said.find(kMark), std::string::npos) << said;
  }
  return issues.size();
}

std::size_t LookThrough(const json::Value& row, const definitions::Definitions& definitions, const Options& options) {
  json::Arena arena;
  std::size_t strings = 0;
  std::size_t issues = Look(Plant(row.Get("given"), "", kAll, strings, arena), definitions, options);
  for (std::size_t i = 0; i < strings; ++i) {
    std::size_t number = 0;
    issues += Look(Plant(row.Get("given"), "", i, number, arena), definitions, options);
  }
  return issues;
}

TEST(Issues, HoldNoValueOfTheResource) {
  std::size_t issues = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(CaseFolder())) {
    if (!file.is_regular_file()) {
      continue;
    }
    json::Document table = ReadTable(std::filesystem::relative(file.path(), CaseFolder()));
    const Layer layer(table);
    const Profiles profiles(layer.get());
    Options options;
    options.profile_plans = &profiles;
    std::vector<std::string> asked;
    for (const json::Value& definition : table.root.Get("definitions").items()) {
      asked.emplace_back(definition.Get("url").text());
    }
    options.profiles = asked;
    options.best_practice = true;
    for (const json::Value& row : table.root.Get("cases").items()) {
      issues += LookThrough(row, layer.get(), options);
    }
  }
  EXPECT_GT(issues, 5'000U);
}

TEST(Issues, SayEachWhereAndWhatToDo) {
  for (const auto& file : std::filesystem::directory_iterator(CaseFolder())) {
    if (!file.is_regular_file()) {
      continue;
    }
    const json::Document table = ReadTable(file.path().filename());
    for (const json::Value& row : table.root.Get("cases").items()) {
      for (const Issue& issue : Check(row.Get("given"), definitions::R4(), {.best_practice = true})) {
        EXPECT_FALSE(issue.rule.empty());
        EXPECT_TRUE(issue.location.empty() || issue.location.starts_with('/')) << issue.location;
        EXPECT_TRUE(!issue.expression.empty() || issue.location.empty()) << issue.rule << issue.location;
        EXPECT_TRUE(issue.text.ends_with('.') || issue.text.find("A rule of the definition") == 0) << issue.text;
      }
    }
  }
}

}  // namespace
}  // namespace throughline::validate
