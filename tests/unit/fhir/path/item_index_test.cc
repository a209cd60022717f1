// What is found by its key is what is found by asking `=` of every pair.
#include "fhir/path/item_index.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/path/ast.h"
#include "fhir/path/operators.h"

namespace throughline::path {
namespace {

using definitions::R4;

// Values of every kind, each equal to some of the others by value, by precision, by unit or by structure.
constexpr std::string_view kValues[] = {"1",
                                        "1.0",
                                        "1.00",
                                        "100",
                                        "1000000000000L",
                                        "1000000000000",
                                        "0",
                                        "0.0",
                                        "-1",
                                        "0.5",
                                        "50",
                                        "'1'",
                                        "''",
                                        "'a'",
                                        "'A'",
                                        "true",
                                        "false",
                                        "'true'",
                                        "@2020",
                                        "@2020-01",
                                        "@2020-01-01",
                                        "@2020-01-02",
                                        "@2020-01-01T",
                                        "@2020-01-01T10",
                                        "@2020-01-01T10:00",
                                        "@2020-01-01T10:00:00",
                                        "@2020-01-01T10:00:00.0",
                                        "@2020-01-01T10:00:00Z",
                                        "@2020-01-01T11:00:00+01:00",
                                        "@2020-01-01T11:00+01:00",
                                        "@2020-01-01T10:00Z",
                                        "@2020-01-01T23:00:00-01:00",
                                        "@2020-01-02T00:00:00Z",
                                        "@T10:00",
                                        "@T10:00:00",
                                        "@T10:00:00.000",
                                        "@T10",
                                        "1 '1'",
                                        "50 '%'",
                                        "1 'kg'",
                                        "1000 'g'",
                                        "1000.0 'g'",
                                        "1 'mg'",
                                        "1 'x-unknown'",
                                        "1.0 'x-unknown'",
                                        "36.5 'Cel'",
                                        "309.65 'K'",
                                        "1 'wk'",
                                        "7 'd'",
                                        "7 days",
                                        "1 week",
                                        "1 year",
                                        "12 months",
                                        "1 'a'",
                                        "604800 's'",
                                        "604.8 'ks'",
                                        "100 'cm'",
                                        "1 'm'",
                                        "Patient.name[0]",
                                        "Patient.name[1]",
                                        "Patient.name[2]",
                                        "Patient.name[0].given",
                                        "Patient.name[2].given",
                                        "Patient.extension[0].value",
                                        "Patient.extension[1].value",
                                        "Patient.extension[2].value",
                                        "Patient.extension[3].value",
                                        "Patient.extension[4].value",
                                        "Patient.extension[5].value",
                                        "Patient.extension[6].value",
                                        "Patient.birthDate",
                                        "Patient.id",
                                        "Patient.gender",
                                        "Patient.active",
                                        "Patient.type()",
                                        "1.type()",
                                        "2.type()"};

constexpr std::string_view kMixed = R"({"resourceType":"Patient","id":"1","active":true,"birthDate":"2020-01-01",
  "_gender":{"extension":[{"url":"urn:x","valueCode":"unknown"}]},
  "name":[{"family":"x","given":["a",null],"_given":[null,{"id":"g"}]},{"given":["a"],"family":"x"},{"family":"x","given":["a"]}],
  "extension":[
    {"url":"urn:x","valueQuantity":{"value":1.0,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}},
    {"url":"urn:x","valueQuantity":{"value":1,"code":"kg","system":"http://unitsofmeasure.org"}},
    {"url":"urn:x","valueQuantity":{"value":1,"comparator":"<","code":"kg","system":"http://unitsofmeasure.org"}},
    {"url":"urn:x","valueQuantity":{"value":1.00,"comparator":"<","code":"kg","system":"http://unitsofmeasure.org"}},
    {"url":"urn:x","valueQuantity":{"value":7,"code":"d","system":"http://unitsofmeasure.org"}},
    {"url":"urn:x","valueDecimal":1.000},
    {"url":"urn:x","valueInstant":"2020-01-01T10:00:00Z"}]})";

class Index : public testing::Test {
 protected:
  Index() : document_(std::move(*json::ParseDocument(kMixed))) {
    for (const std::string_view text : kValues) {
      sources_.push_back(Compile(text, R4(), {.context_type = "Patient"}));
      if (!sources_.back()) ADD_FAILURE() << text;
      const Result<Collection> result = Evaluate(*sources_.back(), ResourceItem(R4(), document_.root), environment_);
      if (!result) ADD_FAILURE() << text;
      for (const Item& item : *result) values_.push_back(item);
    }
  }

  json::Document document_;
  Environment environment_;
  std::vector<Result<Expression>> sources_;
  std::vector<Item> values_;
};

TEST_F(Index, FindsWhatEqualsFinds) {
  Evaluator run(sources_.front()->program(), {}, environment_);
  // From each place on, so that each value is now the one that is there and now the one that is asked for.
  for (std::size_t turn = 0; turn < values_.size(); ++turn) {
    Collection by_index;
    ItemIndex index(run);
    Collection by_pairs;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      const Item& item = values_[(turn + i) % values_.size()];
      const bool known = std::ranges::any_of(
          by_pairs, [&](const Item& other) { return ItemsEqual(run, item, other).value_or(false); });
      bool found = !known;
      ASSERT_TRUE(index.Has(by_index, item, found));
      EXPECT_EQ(found, known) << turn << " " << i;
      if (!known) by_pairs.Add(item);
      ASSERT_TRUE(index.Add(item, by_index));
      ASSERT_EQ(by_index.size(), by_pairs.size()) << turn << " " << i;
    }
  }
}

TEST_F(Index, StopsAtTheBudget) {
  environment_.steps = 20;
  Evaluator run(sources_.front()->program(), {}, environment_);
  Collection list;
  ItemIndex index(run);
  std::size_t added = 0;
  while (added < values_.size() && index.Add(values_[added], list)) ++added;
  EXPECT_LT(added, values_.size());
}

std::size_t StepsOf(std::string_view text, std::size_t names) {
  std::string body = R"({"resourceType":"Patient","name":[)";
  for (std::size_t i = 0; i < names; ++i) {
    body += (i == 0 ? "" : ",") + (R"({"family":")" + std::to_string(i)) + R"(","given":["a"]})";
  }
  const json::Document document = std::move(*json::ParseDocument(body + "]}"));
  const Result<Expression> expression = Compile(text, R4(), {.context_type = "Patient"});
  Environment environment;
  EXPECT_TRUE(expression);
  const bool done = expression && Evaluate(*expression, ResourceItem(R4(), document.root), environment);
  EXPECT_TRUE(done) << text;
  return environment.spent;
}

TEST(Steps, GrowWithTheItemsNotWithTheirPairs) {
  for (const std::string_view text : {
           "name.family.isDistinct()",
           "name.distinct()",
           "name.family.intersect(name.family)",
           "name.exclude(name)",
           "name.family.subsetOf(name.family)",
           "name.supersetOf(name)",
           "name.family | name.given",
           "name.family.union(name.family)",
           "name.repeat(family)",
           "name.select(family).where($this in %resource.name.family)",
           "name.family.all(%resource.name.family contains $this)",
           "name.where(family.intersect(%resource.name.family).exists())",
           "name.family.all($this in %resource.name.where(given.exists()).family)",
       }) {
    const std::size_t few = StepsOf(text, 1'000);
    EXPECT_LT(StepsOf(text, 10'000), 11 * few) << text;
    EXPECT_LT(few, 20'000u) << text;
  }
}

}  // namespace
}  // namespace throughline::path
