#include "mappings/review/shrink.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"

namespace throughline::review {
namespace {

struct Tried {
  std::string smallest;
  std::size_t records = 0;
};

template <typename Fails>
Tried Shrink(std::string_view text, const Fails& fails, ShrinkBudget budget = {}) {
  json::Arena arena;
  const auto record = json::Parse(text, arena);
  EXPECT_TRUE(record);
  Tried tried;
  const auto counted = [&](const json::Value& form) {
    ++tried.records;
    return fails(form);
  };
  tried.smallest = json::ToString(Shrunk(*record, counted, budget, arena));
  return tried;
}

bool Has(const json::Value& record, std::string_view name) { return record.Find(name) != nullptr; }

TEST(Shrunk, LeavesWhatTheFailureNeeds) {
  constexpr std::string_view kRecord = R"({"a":"one","b":{"c":[1,2,{"d":"four"}],"e":5},"f":[[7],[8,9]]})";
  EXPECT_EQ(Shrink(kRecord, [](const json::Value&) { return true; }).smallest, "{}");
  EXPECT_EQ(Shrink(kRecord, [](const json::Value&) { return false; }).smallest, kRecord);
  EXPECT_EQ(Shrink(kRecord, [](const json::Value& record) { return Has(record, "a"); }).smallest, R"({"a":"a"})");
  EXPECT_EQ(Shrink(kRecord,
                   [](const json::Value& record) {
                     const auto items = record.Get("b").Get("c").items();
                     return !items.empty() && Has(items.back(), "d");
                   })
                .smallest,
            R"({"b":{"c":[{"d":"a"}]}})");
  EXPECT_EQ(Shrink(kRecord, [](const json::Value& record) { return record.Get("f").size() > 1; }).smallest,
            R"({"f":[[],[]]})");
}

TEST(Edited, LeavesOutEachPartAndShortensEachText) {
  json::Arena arena;
  const auto record = json::Parse(R"({"a":"one","b":{"c":[1,"two"]}})", arena);
  std::vector<std::string> forms;
  for (std::size_t edit = 0; edit < EditsOf(*record); ++edit)
    forms.push_back(json::ToString(Edited(*record, edit, arena)));
  EXPECT_EQ(forms, (std::vector<std::string>{R"({"b":{"c":[1,"two"]}})", R"({"a":"one"})", R"({"a":"one","b":{}})",
                                             R"({"a":"one","b":{"c":["two"]}})", R"({"a":"one","b":{"c":[1]}})",
                                             R"({"a":"a","b":{"c":[1,"two"]}})", R"({"a":"one","b":{"c":[1,"a"]}})"}));
}

std::string Wide(std::size_t members) {
  std::string text = "{";
  for (std::size_t i = 0; i < members; ++i) text += (i == 0 ? "" : ",") + ("\"f" + std::to_string(i) + "\":\"text\"");
  return text + "}";
}

TEST(Shrunk, LooksAtFewFormsOfAWideRecord) {
  const Tried tried = Shrink(
      Wide(5000), [](const json::Value& record) { return Has(record, "f17") && record.Get("f4711").text() == "text"; });
  EXPECT_EQ(tried.smallest, R"({"f17":"a","f4711":"text"})");
  EXPECT_LT(tried.records, 100U);
}

TEST(Shrunk, StopsWhenItsBudgetIsSpent) {
  const auto needs_all = [](const json::Value& record) { return record.size() == 1000; };
  EXPECT_EQ(Shrink(Wide(1000), needs_all, {.records = 50}).records, 50U);
  EXPECT_LT(Shrink(Wide(1000), needs_all, {.parts = 100'000}).records, 201U);
  EXPECT_EQ(Shrink(Wide(1000), needs_all, {.parts = 100'000, .parts_each = 100'000}).records, 0U);
}

}  // namespace
}  // namespace throughline::review
