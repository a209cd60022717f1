// Search by SQL against search::Matches, over resources and queries made at random from few values, so that they meet.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "fhir/search/query.h"
#include "support.h"

namespace throughline::store {
namespace {

using search::ConditionValue;
using search::IndexRow;
using search::Modifier;

constexpr std::array<std::string_view, 2> kTypes = {"Patient", "Observation"};

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}
  int Roll(int below) { return static_cast<int>(engine_() % static_cast<std::uint32_t>(below)); }
  bool Maybe(int in) { return Roll(in) == 0; }
  std::string Word() { return std::string(1, static_cast<char>('a' + Roll(4))); }
  std::string Text() { return std::string(kTexts[static_cast<std::size_t>(Roll(static_cast<int>(kTexts.size())))]); }
  std::string Units() { return Maybe(3) ? "http://unitsofmeasure.org" : System(); }
  std::string System() { return Maybe(3) ? std::string() : "urn:" + Word(); }
  search::DateSpan Span() {
    const Instant start{std::chrono::microseconds(Roll(20) * 1000)};
    return {Maybe(9) ? search::kBeginningOfTime : start,
            Maybe(9) ? search::kEndOfTime : start + std::chrono::milliseconds(1 + Roll(6))};
  }
  std::pair<std::string, std::string> Range() {
    const int low = Roll(20);
    return {Key(low), Key(low + Roll(4))};
  }
  static std::string Key(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

 private:
  static constexpr std::array<std::string_view, 7> kTexts = {"an", "anna",         "ann%",  "a_n",
                                                             "\\", "\xC3\xA9tude", "ana na"};
  std::mt19937 engine_;
};

// One kind of parameter: how its rows and its conditions are made.
struct KindRow {
  std::string_view parameter;
  definitions::SearchType type;
  std::vector<Modifier> modifiers;
  IndexRow (*row)(Dice& dice);
  ConditionValue (*value)(Dice& dice);
};

search::Prefix PrefixOf(Dice& dice) { return static_cast<search::Prefix>(dice.Roll(9)); }

IndexRow TokenRow(Dice& dice) {
  const std::string code = dice.Word();
  return {"code", search::Token{dice.System(), code, code, dice.Maybe(4)}};
}

ConditionValue TokenAsked(Dice& dice) {
  search::TokenValue value;
  value.form = static_cast<search::TokenForm>(dice.Roll(4));
  value.system = "urn:" + dice.Word();
  value.folded = dice.Word();
  return value;
}

IndexRow ReferenceRow(Dice& dice) {
  search::Reference to;
  if (dice.Maybe(4)) {
    to.url = "http://example.org/" + dice.Word();
    return {"subject", to};
  }
  to.type = kTypes[static_cast<std::size_t>(dice.Roll(2))];
  to.id = "r" + std::to_string(dice.Roll(30));
  if (dice.Maybe(4)) to.version = "2";
  return {"subject", to};
}

ConditionValue ReferenceAsked(Dice& dice) {
  search::Reference to = std::get<search::Reference>(ReferenceRow(dice).value);
  if (to.url.empty() && dice.Maybe(2)) to.type.clear();
  return search::ReferenceValue{to};
}

IndexRow DateRow(Dice& dice) { return {"date", dice.Span()}; }

ConditionValue DateAsked(Dice& dice) { return search::DateValue{PrefixOf(dice), dice.Span()}; }

IndexRow StringRow(Dice& dice) {
  const std::string text = dice.Text();
  return {"name", search::String{text, text}};
}

ConditionValue StringAsked(Dice& dice) {
  const std::string text = dice.Maybe(3) ? dice.Text().substr(0, 1) : dice.Text();
  return text[0] == '\xC3' ? search::StringValue{"\xC3\xA9", "\xC3\xA9"} : search::StringValue{text, text};
}

IndexRow UriRow(Dice& dice) {
  return {"url", search::Uri{"http://example.org/" + dice.Word() + (dice.Maybe(2) ? "/" + dice.Word() : "")}};
}

ConditionValue UriAsked(Dice& dice) { return search::UriValue{std::get<search::Uri>(UriRow(dice).value).value}; }

IndexRow NumberRow(Dice& dice) {
  auto [low, high] = dice.Range();
  if (dice.Maybe(9)) high = "~";
  if (dice.Maybe(9)) low.clear();
  return {"probability", search::Number{low, high, {}}};
}

search::NumberValue NumberOf(Dice& dice) {
  const int number = dice.Roll(20);
  return {PrefixOf(dice), Dice::Key(number), Dice::Key(number + dice.Roll(4)), Dice::Key(number)};
}

ConditionValue NumberAsked(Dice& dice) { return NumberOf(dice); }

IndexRow QuantityRow(Dice& dice) {
  const auto [low, high] = dice.Range();
  return {"value", search::Quantity{{low, high, {}}, dice.Units(), dice.Word(), dice.Word(), dice.Maybe(4)}};
}

ConditionValue QuantityAsked(Dice& dice) {
  search::QuantityValue value{NumberOf(dice), dice.System(), dice.Maybe(2) ? dice.Word() : std::string()};
  if (dice.Maybe(3)) {
    value.system = "http://unitsofmeasure.org";
    value.canonical = NumberOf(dice);
    value.canonical_code = dice.Word();
  }
  return value;
}

IndexRow PairRow(Dice& dice) {
  IndexRow token = TokenRow(dice);
  if (dice.Maybe(5)) std::get<search::Token>(token.value).folded += "|" + dice.Word();
  return {"code-value", search::Composite{{token, QuantityRow(dice)}}};
}

ConditionValue PairAsked(Dice& dice) { return search::CompositeValue{{TokenAsked(dice), QuantityAsked(dice)}}; }

IndexRow TextRow(Dice& dice) {
  const std::string text = dice.Text();
  return {"code:text", search::String{text, text}};
}

const std::vector<KindRow>& Kinds() {
  using Type = definitions::SearchType;
  static const std::vector<KindRow> kKinds = {
      {"code", Type::kToken, {Modifier::kNone, Modifier::kNot, Modifier::kMissing}, TokenRow, TokenAsked},
      {"code:text", Type::kToken, {Modifier::kText}, TextRow, StringAsked},
      {"subject", Type::kReference, {Modifier::kNone, Modifier::kMissing}, ReferenceRow, ReferenceAsked},
      {"date", Type::kDate, {Modifier::kNone, Modifier::kMissing}, DateRow, DateAsked},
      {"name",
       Type::kString,
       {Modifier::kNone, Modifier::kExact, Modifier::kContains, Modifier::kMissing},
       StringRow,
       StringAsked},
      {"url", Type::kUri, {Modifier::kNone, Modifier::kAbove, Modifier::kBelow, Modifier::kMissing}, UriRow, UriAsked},
      {"probability", Type::kNumber, {Modifier::kNone, Modifier::kMissing}, NumberRow, NumberAsked},
      {"value", Type::kQuantity, {Modifier::kNone, Modifier::kMissing}, QuantityRow, QuantityAsked},
      {"code-value", Type::kComposite, {Modifier::kNone}, PairRow, PairAsked},
  };
  return kKinds;
}

search::Condition ConditionOf(Dice& dice, int depth);

search::Query QueryOf(Dice& dice, std::string_view type, int depth) {
  search::Query query;
  query.type = type;
  for (int i = dice.Roll(3) + (depth > 0 ? 0 : 1); i > 0; --i) query.conditions.push_back(ConditionOf(dice, depth));
  query.count = static_cast<std::size_t>(1 + dice.Roll(9));
  return query;
}

search::Condition ConditionOf(Dice& dice, int depth) {
  search::Condition condition;
  if (depth > 0 && dice.Maybe(6)) {
    condition.parameter = "subject";
    condition.type = definitions::SearchType::kReference;
    condition.chain.push_back(QueryOf(dice, kTypes[0], depth - 1));
    if (dice.Maybe(2)) condition.chain.push_back(QueryOf(dice, kTypes[1], depth - 1));
    return condition;
  }
  const KindRow& kind = Kinds()[static_cast<std::size_t>(dice.Roll(static_cast<int>(Kinds().size())))];
  condition.parameter = kind.parameter;
  condition.type = kind.type;
  condition.modifier = kind.modifiers[static_cast<std::size_t>(dice.Roll(static_cast<int>(kind.modifiers.size())))];
  condition.missing = dice.Maybe(2);
  if (condition.modifier == Modifier::kMissing) return condition;
  for (int i = 1 + dice.Roll(3); i > 0; --i) condition.values.push_back(kind.value(dice));
  return condition;
}

struct Made {
  std::string type;
  std::string id;
  std::vector<IndexRow> rows;
};

std::vector<Made> MakeResources(Dice& dice) {
  std::vector<Made> all;
  for (int i = 0; i < 60; ++i) {
    Made made{std::string(kTypes[static_cast<std::size_t>(i % 2)]), "r" + std::to_string(i / 2), {}};
    for (const KindRow& kind : Kinds()) {
      for (int count = dice.Roll(3); count > 0; --count) made.rows.push_back(kind.row(dice));
    }
    all.push_back(std::move(made));
  }
  return all;
}

std::set<std::string> Expected(const search::Query& query, const std::vector<Made>& all) {
  std::vector<search::Indexed> indexed;
  for (const Made& made : all) indexed.push_back({made.type, made.id, made.rows});
  std::set<std::string> ids;
  for (const search::Indexed& one : indexed) {
    if (search::Matches(query, one, indexed)) ids.insert(std::string(one.id));
  }
  return ids;
}

std::vector<std::string> AllPages(const Resources& resources, const search::Query& query) {
  std::vector<std::string> ids;
  std::optional<std::int64_t> after;
  do {
    const auto page = resources.Search(query, after, Visible::Everything());
    EXPECT_TRUE(page) << (page ? "" : page.error().message);
    if (!page) return ids;
    EXPECT_LE(page->entries.size(), query.count);
    for (const Version& version : page->entries) ids.push_back(version.id);
    after = page->next;
  } while (after);
  return ids;
}

std::unique_ptr<Store> StoreWith(const TestDirectory& directory, const Clock& clock, const std::vector<Made>& all) {
  auto store = OpenStore(directory, clock);
  EXPECT_TRUE(store->Write([&](Transaction& transaction) -> Result<void> {
    for (const Made& made : all) {
      const std::string json = R"({"resourceType":")" + made.type + R"("})";
      auto stored = transaction.resources().Put(DraftOf(json, made.id, made.rows, "Patient/x"), {});
      if (!stored) return stored.error();
    }
    return {};
  }));
  return store;
}

TEST(Search, FindsWhatMatchesSays) {
  Dice dice(20250203);
  int hits = 0;
  for (int round = 0; round < 5; ++round) {
    const TestDirectory directory;
    const TestClock clock;
    const std::vector<Made> all = MakeResources(dice);
    const auto store = StoreWith(directory, clock, all);
    ASSERT_TRUE(store->Read([&](const Snapshot& snapshot) -> Result<void> {
      for (int i = 0; i < 300; ++i) {
        const search::Query query = QueryOf(dice, kTypes[static_cast<std::size_t>(dice.Roll(2))], 2);
        const std::set<std::string> expected = Expected(query, all);
        const std::vector<std::string> found = AllPages(snapshot.resources(), query);
        EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), expected) << "round " << round << " query " << i;
        EXPECT_EQ(found.size(), expected.size()) << "a hit came twice";
        const auto count = snapshot.resources().Count(query, Visible::Everything());
        EXPECT_TRUE(count && *count == expected.size());
        hits += static_cast<int>(expected.size());
      }
      return {};
    }));
  }
  EXPECT_GT(hits, 1000);
}

TEST(Search, TakesAHundredValues) {
  Dice dice(1);
  const TestDirectory directory;
  const TestClock clock;
  const std::vector<Made> all = MakeResources(dice);
  const auto store = StoreWith(directory, clock, all);
  search::Query query;
  query.type = "Patient";
  search::Condition condition;
  condition.parameter = "code";
  for (int i = 0; i < 100; ++i) condition.values.push_back(search::TokenValue{{}, {}, "none" + std::to_string(i)});
  condition.values.back() = search::TokenValue{{}, {}, "a"};
  query.conditions.push_back(condition);
  ASSERT_TRUE(store->Read([&](const Snapshot& snapshot) -> Result<void> {
    EXPECT_EQ(AllPages(snapshot.resources(), query).size(), Expected(query, all).size());
    return {};
  }));
}

search::Query ByTime(search::Prefix prefix, Instant start, std::chrono::milliseconds time) {
  search::Query query;
  query.type = "Basic";
  search::Condition condition;
  condition.parameter = "_lastUpdated";
  condition.type = definitions::SearchType::kDate;
  condition.values.push_back(search::DateValue{prefix, {start, start + time}});
  query.conditions.push_back(condition);
  return query;
}

TEST(Search, FindsByLastUpdatedAndForgetsTheDeleted) {
  const TestDirectory directory;
  TestClock clock;
  const Instant start = std::chrono::floor<std::chrono::milliseconds>(clock.Now());
  const auto store = OpenStore(directory, clock);
  ASSERT_TRUE(PutOne(*store, DraftOf(R"({"resourceType":"Basic"})", "a")));
  clock.Advance(std::chrono::seconds(10));
  ASSERT_TRUE(PutOne(*store, DraftOf(R"({"resourceType":"Basic"})", "b")));
  const auto count = [&](const search::Query& query) {
    std::uint64_t found = 0;
    EXPECT_TRUE(store->Read([&](const Snapshot& snapshot) -> Result<void> {
      auto counted = snapshot.resources().Count(query, Visible::Everything());
      if (!counted) return counted.error();
      found = *counted;
      return {};
    }));
    return found;
  };
  EXPECT_EQ(count(ByTime(search::Prefix::kEq, start, std::chrono::milliseconds(1))), 1u);
  EXPECT_EQ(count(ByTime(search::Prefix::kEq, start, std::chrono::seconds(60))), 2u);
  EXPECT_EQ(count(ByTime(search::Prefix::kGt, start, std::chrono::milliseconds(1))), 1u);
  EXPECT_EQ(count(ByTime(search::Prefix::kLt, start, std::chrono::milliseconds(1))), 0u);
  ASSERT_TRUE(store->Write([](Transaction& transaction) -> Result<void> {
    auto deleted = transaction.resources().Delete("Basic", "a", {});
    return deleted ? Result<void>() : Result<void>(deleted.error());
  }));
  EXPECT_EQ(count(ByTime(search::Prefix::kEq, start, std::chrono::seconds(60))), 1u);
}

TEST(Search, ReplacesTheIndexOfAnUpdatedResource) {
  const TestDirectory directory;
  const TestClock clock;
  const auto store = OpenStore(directory, clock);
  const auto put = [&](std::string_view status) {
    const std::string json = R"({"resourceType":"Basic","status":")" + std::string(status) + R"("})";
    ASSERT_TRUE(
        PutOne(*store, DraftOf(json, "a", {{"code", search::Token{"", std::string(status), std::string(status)}}})));
  };
  put("old");
  put("new");
  search::Query query;
  query.type = "Basic";
  search::Condition condition;
  condition.parameter = "code";
  condition.values = {search::TokenValue{search::TokenForm::kCode, {}, "old"}};
  query.conditions = {condition};
  ASSERT_TRUE(store->Read([&](const Snapshot& snapshot) -> Result<void> {
    EXPECT_EQ(*snapshot.resources().Count(query, Visible::Everything()), 0u);
    return {};
  }));
}

}  // namespace
}  // namespace throughline::store
