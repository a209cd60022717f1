#include "fhir/units/units.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "fhir/json/parse.h"

namespace throughline::units {
namespace {

json::Document Cases(const std::string& name) {
  std::ifstream file(std::string(THROUGHLINE_SOURCE_DIR) + "/tests/cases/units/" + name, std::ios::binary);
  json::Limits limits;
  limits.control_characters = true;
  auto document = json::ParseDocument(std::string(std::istreambuf_iterator<char>(file), {}), limits);
  EXPECT_TRUE(document) << name;
  return document ? *std::move(document) : json::Document();
}

TEST(Units, KnowTheGrammar) {
  const json::Document cases = Cases("codes.json");
  for (const json::Value& code : cases.root.Get("valid").items()) EXPECT_TRUE(IsUnit(code.text())) << code.text();
  for (const json::Value& code : cases.root.Get("invalid").items()) EXPECT_FALSE(IsUnit(code.text())) << code.text();
}

TEST(Units, Convert) {
  const json::Document cases = Cases("conversions.json");
  for (const json::Value& row : cases.root.items()) {
    const auto result = Convert(row.Get("value").text(), row.Get("from").text(), row.Get("to").text());
    const std::string what = std::string(row.Get("value").text()) + " " + std::string(row.Get("from").text()) + " in " +
                             std::string(row.Get("to").text());
    ASSERT_EQ(result.has_value(), row.Get("result").is_string()) << what;
    if (!result) continue;
    EXPECT_EQ(result->text, row.Get("result").text()) << what;
    EXPECT_EQ(result->exact, !row.Get("exact").is_boolean()) << what;
  }
}

char Sign(const std::optional<std::strong_ordering>& order) {
  return !order ? '?' : (*order < 0 ? '<' : (*order > 0 ? '>' : '='));
}

TEST(Units, OrderQuantities) {
  const json::Document cases = Cases("orders.json");
  for (const json::Value& row : cases.root.items()) {
    const auto cell = [&](std::size_t i) { return row.items()[i].text(); };
    const char wanted = cell(2).front();
    EXPECT_EQ(Sign(Compare(cell(0), cell(1), cell(3), cell(4))), wanted) << cell(0) << cell(1) << cell(3) << cell(4);
    const char turned = wanted == '<' ? '>' : (wanted == '>' ? '<' : wanted);
    EXPECT_EQ(Sign(Compare(cell(3), cell(4), cell(0), cell(1))), turned) << cell(3) << cell(4) << cell(0) << cell(1);
    EXPECT_EQ(Comparable(cell(1), cell(4)), wanted != '?' || cell(1) == cell(4)) << cell(1) << cell(4);
  }
}

TEST(Units, HaveOneCanonicalFormOfAKind) {
  const auto text = [](std::string_view value, std::string_view unit) {
    const auto canonical = ToCanonical(value, unit);
    return canonical ? canonical->value.text + " " + canonical->unit : "";
  };
  EXPECT_EQ(text("5.40", "mg"), "0.0054 g");
  EXPECT_EQ(text("5.4", "mmol/L"), "3251956010400000000000000 m-3");
  EXPECT_EQ(text("120", "mm[Hg]"), "15998640 m-1.s-2.g");
  EXPECT_EQ(text("37", "Cel"), "310.15 K");
  EXPECT_EQ(text("7.40", "[pH]"), "7.4 [pH]");
  EXPECT_EQ(text("30", "dB[SPL]"), "3 B[SPL]");
  EXPECT_EQ(text("2", "k[IU]/mL"), "2000000000 m-3.[iU]");
  EXPECT_EQ(text("2", "{score}"), "2 1");
  EXPECT_EQ(text("2.0", "tablet"), "2.0 tablet");
  EXPECT_EQ(text("two", "g"), "");
}

TEST(Units, NameProductsAndQuotients) {
  EXPECT_EQ(ProductUnit("cm", "cm"), "cm2");
  EXPECT_EQ(ProductUnit("cm", "m"), "cm.m");
  EXPECT_EQ(ProductUnit("1", "m"), "m");
  EXPECT_EQ(ProductUnit("g", "/m"), "g.(1/m)");
  EXPECT_EQ(ProductUnit("g", "tablet"), std::nullopt);
  EXPECT_EQ(ProductUnit("g", "Cel"), std::nullopt);
  EXPECT_EQ(QuotientUnit("g", "m2"), "g/m2");
  EXPECT_EQ(QuotientUnit("g", "g"), "1");
  EXPECT_EQ(QuotientUnit("g", "m/s"), "g/(m/s)");
  EXPECT_EQ(QuotientUnit("1", "s"), "/s");
  EXPECT_EQ(Compare("1", *QuotientUnit("g", "m/s"), "1", "g.s/m"), std::strong_ordering::equal);
  EXPECT_EQ(Compare("1", *ProductUnit("g", "/m"), "1", "g/m"), std::strong_ordering::equal);
}

TEST(Units, RefuseLongAndDeepCodes) {
  EXPECT_TRUE(IsUnit("m" + std::string(0, ' ')));
  std::string product = "m";
  while (product.size() < 255) product += ".m";
  EXPECT_TRUE(IsUnit(product));
  EXPECT_FALSE(IsUnit(product + ".m"));
  EXPECT_TRUE(IsUnit(std::string(16, '(') + "m" + std::string(16, ')')));
  EXPECT_FALSE(IsUnit(std::string(17, '(') + "m" + std::string(17, ')')));
  EXPECT_FALSE(IsUnit(std::string(100'000, '(')));
}

TEST(Atoms, AreAllKnownAndDefinedByTheOnesBefore) {
  for (const AtomRow& row : Atoms()) {
    const std::optional<Term> term = ParseTerm(row.code);
    ASSERT_TRUE(term) << row.code;
    EXPECT_FALSE(term->mystery) << row.code;
    EXPECT_EQ(IsUnit("k" + std::string(row.code)), row.metric) << row.code;
  }
}

// Units made up at random mean the same when written in another order, and as their canonical text says.
TEST(Units, MeanWhatTheirCanonicalTextMeans) {
  std::mt19937 random(7);
  const auto below = [&](std::size_t end) { return random() % end; };
  int exact = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string forward;
    std::string backward;
    for (std::size_t count = 1 + below(4); count > 0; --count) {
      const AtomRow& row = Atoms()[below(Atoms().size())];
      std::string part(row.metric && below(2) == 0 ? Prefixes()[below(20)].code : std::string_view());
      part += row.code;
      if (!row.code.ends_with('*') && !row.code.ends_with('^') && below(3) == 0) part += std::to_string(1 + below(3));
      forward += (forward.empty() ? "" : ".") + part;
      backward = part + (backward.empty() ? "" : "." + backward);
    }
    const std::optional<Unit> unit = Unit::Parse(forward);
    ASSERT_TRUE(unit) << forward;
    if (unit->canonical() == forward) continue;
    EXPECT_EQ(Sign(Compare("1.5", forward, "1.5", backward)), '=') << forward;
    const std::optional<Number> value = unit->ToCanonical("1.5");
    if (!value) continue;  // more pi than can be spelled out
    const std::optional<Unit> canonical = Unit::Parse(unit->canonical());
    ASSERT_TRUE(canonical) << unit->canonical();
    EXPECT_EQ(canonical->canonical(), unit->canonical());
    if (!value->exact) continue;
    ++exact;
    EXPECT_EQ(Sign(Unit::Compare("1.5", *unit, value->text, *canonical)), '=') << forward;
    EXPECT_EQ(Unit::Convert(value->text, *canonical, *unit)->text, "1.5") << forward;
  }
  EXPECT_GT(exact, 500);
}

}  // namespace
}  // namespace throughline::units
