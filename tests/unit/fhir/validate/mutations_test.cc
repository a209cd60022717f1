// Valid resources with one thing broken: the right rule at the right place, and nothing else.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/build.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "fhir/validate/validate.h"
#include "tests/unit/fhir/validate/tables.h"

namespace throughline::validate {
namespace {

using definitions::R4;
using json::Value;

// `value` with what `pointer` names replaced by `put`; a null `put` removes a member, "-" appends to an array.
Value Change(const Value& value, std::string_view pointer, const Value& put, json::Arena& arena) {
  if (pointer.empty()) {
    return put;
  }
  const std::size_t end = pointer.find('/', 1);
  const std::string step(pointer.substr(1, end - 1));
  const std::string_view rest = end == std::string_view::npos ? "" : pointer.substr(end);
  if (value.is_array()) {
    json::ArrayBuilder items(arena);
    std::size_t index = 0;
    for (const Value& item : value.items()) {
      items.Add(std::to_string(index++) == step ? Change(item, rest, put, arena) : item);
    }
    if (step == "-") {
      items.Add(put);
    }
    return items.Build();
  }
  if (rest.empty() && put.is_null()) {
    return json::Without(value, step, arena);
  }
  return json::With(value, arena.Copy(step), Change(value.Get(step), rest, put, arena), arena);
}

TEST(Mutations, StartFromValidResources) {
  const json::Document table = ReadTable("mutations.json");
  EXPECT_GE(table.root.Get("resources").size(), 5U);
  for (const json::Member& resource : table.root.Get("resources").members()) {
    EXPECT_EQ(Found(Check(resource.value, R4(), {.best_practice = true})), std::vector<std::string>{}) << resource.name;
  }
}

TEST(Mutations, BreakOneRuleAtOnePlace) {
  const json::Document table = ReadTable("mutations.json");
  std::set<std::string> kinds;
  for (const Value& row : table.root.Get("mutations").items()) {
    json::Arena arena;
    const Value valid = table.root.Get("resources").Get(row.Get("of").text());
    const Value broken = Change(valid, row.Get("at").text(), row.Get("put"), arena);
    const Issues issues = Check(broken, R4(), {.best_practice = true});
    EXPECT_EQ(Found(issues), std::vector<std::string>{std::string(row.Get("breaks").text())}) << json::ToString(row);
    kinds.emplace(issues.empty() ? "" : issues.front().rule);
  }
  EXPECT_GE(kinds.size(), 40U);
}

}  // namespace
}  // namespace throughline::validate
