#include "fhir/search/indexer.h"

#include <algorithm>
#include <thread>

#include "fhir/base/date_time.h"
#include "fhir/search/number_key.h"
#include "tests/unit/fhir/search/fixtures.h"

namespace throughline::search {
namespace {

struct Writer {
  std::string operator()(const Token& t) const {
    return "token " + t.system + "|" + t.code + (t.implied ? " implied" : "");
  }
  std::string operator()(const Reference& r) const {
    const std::string target = r.url.empty() ? r.type + "/" + r.id : r.url;
    return "reference " + target + (r.version.empty() ? "" : " version " + r.version);
  }
  std::string operator()(const DateSpan& d) const {
    const std::string start = d.start == kBeginningOfTime ? "open" : FormatInstant(d.start);
    if (d.end == d.start + std::chrono::microseconds{1}) return "date " + start;
    return "date " + start + " " + (d.end == kEndOfTime ? "open" : FormatInstant(d.end));
  }
  std::string operator()(const String& s) const { return "string " + s.folded; }
  std::string operator()(const Uri& u) const { return "uri " + u.value; }
  std::string operator()(const Number& n) const { return "number " + n.value; }
  std::string operator()(const Quantity& q) const {
    return "quantity " + q.number.value + " " + q.code + (q.canonical ? " canonical" : "");
  }
  std::string operator()(const Composite& c) const {
    std::string text = "composite";
    for (const IndexRow& part : c.parts) text += " [" + std::visit(*this, part.value) + "]";
    return text;
  }
};

std::vector<std::string> Lines(const json::Value& resource) {
  std::vector<std::string> lines;
  for (const IndexRow& row : RowsOf(resource)) lines.push_back(row.parameter + " " + std::visit(Writer{}, row.value));
  std::ranges::sort(lines);
  return lines;
}

TEST(Indexer, GivesTheRowsOfTheTable) {
  const json::Document resources = ReadData("resources.json");
  const json::Document rows = ReadData("rows.json");
  for (const json::Value& resource : resources.root.items()) {
    const std::string key =
        std::string(resource.Get("resourceType").text()) + "/" + std::string(resource.Get("id").text());
    const json::Value* wanted = rows.root.Find(key);
    if (wanted == nullptr) continue;
    std::vector<std::string> lines;
    for (const json::Value& line : wanted->items()) lines.emplace_back(line.text());
    std::ranges::sort(lines);
    EXPECT_EQ(Lines(resource), lines) << key;
  }
}

TEST(Indexer, GivesNothingForWhatIsNoResource) {
  for (const char* bytes : {"null", "[]", "{}", R"({"resourceType":"Shoe"})", R"({"resourceType":"HumanName"})"}) {
    const Result<json::Document> document = json::ParseDocument(bytes);
    ASSERT_TRUE(document);
    EXPECT_TRUE(RowsOf(document->root).empty()) << bytes;
  }
}

TEST(Indexer, SurvivesWrongTypesEverywhere) {
  const Result<json::Document> document = json::ParseDocument(
      R"({"resourceType":"Patient","identifier":"x","name":[5,null,{"family":{}}],"birthDate":"soon","active":"yes",)"
      R"("generalPractitioner":{"reference":7},"_gender":[1],"telecom":[[]]})");
  ASSERT_TRUE(document);
  RowsOf(document->root);
}

TEST(Indexer, GivesTheSameFromSeveralThreadsAtOnce) {
  const Indexer indexer = Indexer::Make(definitions::R4());
  const json::Document resources = ReadData("resources.json");
  const auto count = [&] {
    std::vector<IndexRow> rows;
    for (const json::Value& resource : resources.root.items()) indexer.Rows(resource, rows);
    return rows.size();
  };
  std::vector<std::size_t> counts(4);
  std::vector<std::thread> threads;
  for (std::size_t& one : counts) threads.emplace_back([&] { one = count(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counts, std::vector<std::size_t>(4, count()));
}

TEST(NumberKey, OrdersAsTheNumbersDo) {
  const std::vector<std::string> ascending = {"-1e300", "-100",   "-99.9", "-1.55",  "-1.5", "-1",   "-0.001",
                                              "0",      "1e-300", "0.001", "0.0011", "0.9",  "1",    "1.5",
                                              "1.55",   "9",      "10",    "99.9",   "100",  "1e300"};
  std::vector<std::string> keys;
  for (const std::string& literal : ascending) keys.push_back(NumberKey(literal));
  EXPECT_TRUE(std::ranges::is_sorted(keys));
  EXPECT_EQ(std::ranges::adjacent_find(keys), keys.end());
  EXPECT_EQ(NumberKey("1.50"), NumberKey("15e-1"));
  EXPECT_EQ(NumberKey("-0.0"), NumberKey("0"));
  EXPECT_EQ(NumberKey("1,5"), "");
}

TEST(NumberKey, IsReadBack) {
  for (const char* number :
       {"0", "1", "-1", "0.95", "-0.05", "100", "-99.9", "12345.678", "1200", "5e300", "-5e-300"}) {
    EXPECT_EQ(NumberOfKey(NumberKey(number)), number);
  }
  EXPECT_EQ(NumberOfKey(WrittenSpan("1.0").low), "0.95");
  EXPECT_EQ(NumberOfKey(WrittenSpan("1.00").high), "1.005");
  EXPECT_EQ(NumberOfKey(""), "");
  EXPECT_EQ(NumberOfKey("~"), "");
}

TEST(NumberKey, SpansTheWrittenPrecision) {
  struct Case {
    const char *literal, *low, *high;
  };
  for (const Case& c : {Case{"100", "99.5", "100.5"}, Case{"100.00", "99.995", "100.005"}, Case{"1e2", "95", "105"},
                        Case{"-5", "-5.5", "-4.5"}, Case{"0", "-0.5", "0.5"}, Case{"0.0", "-0.05", "0.05"},
                        Case{"9.99", "9.985", "9.995"}, Case{"1", "0.5", "1.5"}}) {
    const NumberSpan span = WrittenSpan(c.literal);
    EXPECT_EQ(span.low, NumberKey(c.low)) << c.literal;
    EXPECT_EQ(span.high, NumberKey(c.high)) << c.literal;
  }
}

}  // namespace
}  // namespace throughline::search
