#include "fhir/json/parse.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>

#include "fhir/json/write.h"

namespace throughline::json {
namespace {

using std::string_literals::operator""s;

// The rule a document breaks, or "" when it is read.
std::string RuleFor(std::string_view bytes, const Limits& limits = {}) {
  const Result<Document> document = ParseDocument(bytes, limits);
  if (document) return "";
  EXPECT_EQ(document.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(document.error().issues.size(), 1u);
  return document.error().issues.at(0).rule;
}

std::string LocationFor(std::string_view bytes) {
  const Result<Document> document = ParseDocument(bytes);
  return document ? "" : document.error().issues.at(0).location;
}

std::string RoundTrip(std::string_view bytes) {
  const Result<Document> document = ParseDocument(bytes);
  return document ? ToString(document->root) : "refused: " + document.error().message;
}

struct Case {
  std::string name;
  std::string bytes;
  std::string rule;  // "" = accepted
};

void PrintTo(const Case& row, std::ostream* out) { *out << row.name; }

class ThreatRow : public testing::TestWithParam<Case> {};

TEST_P(ThreatRow, IsAnsweredWithItsRule) { EXPECT_EQ(RuleFor(GetParam().bytes), GetParam().rule); }

std::string Repeat(std::string_view piece, std::size_t count) {
  std::string out;
  out.reserve(piece.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += piece;
  return out;
}

std::string ManyMembers(std::size_t count) {
  std::string out = "{";
  for (std::size_t i = 0; i < count; ++i) out += (i == 0 ? "\"m" : ",\"m") + std::to_string(i) + "\":1";
  return out + "}";
}

INSTANTIATE_TEST_SUITE_P(
    Parse, ThreatRow,
    testing::Values(
        Case{"E01_open", "{", "json-syntax"}, Case{"E01_no_colon", "{\"a\"}", "json-syntax"},
        Case{"E01_trailing_comma", "[1,]", "json-syntax"},
        Case{"E01_trailing_comma_object", "{\"a\":1,}", "json-syntax"}, Case{"E01_single_quote", "'a'", "json-syntax"},
        Case{"E01_comment", "[1/*x*/]", "json-syntax"}, Case{"E01_leading_zero", "[01]", "json-syntax"},
        Case{"E01_point_first", "[.5]", "json-syntax"}, Case{"E01_plus", "[+1]", "json-syntax"},
        Case{"E01_point_last", "[1.]", "json-syntax"}, Case{"E01_nan", "[NaN]", "json-syntax"},
        Case{"E01_infinity", "[Infinity]", "json-syntax"}, Case{"E01_two_values", "1 2", "json-syntax"},
        Case{"E02_empty", "", "json-syntax"}, Case{"E02_blank", " \n\t", "json-syntax"},
        Case{"E02_any_value_is_json", "null", ""},
        Case{"E03_twice", R"({"resourceType":"Patient","active":true,"active":false})", "json-duplicate-name"},
        Case{"E03_escaped", R"({"a":1,"\u0061":2})", "json-duplicate-name"},
        Case{"E03_deep", R"([{"x":[{"y":{"b":1,"c":2,"b":3}}]}])", "json-duplicate-name"},
        Case{"E03_long_names_that_start_alike", R"({"abcdefghX":1,"abcdefghY":2})", ""},
        Case{"E03_empty_names", R"({"":1,"":2})", "json-duplicate-name"},
        Case{"E03_wide", ManyMembers(500).substr(0, ManyMembers(500).size() - 1) + ",\"m7\":1}", "json-duplicate-name"},
        Case{"E04_nul_behind", "{\"resourceType\":\"Patient\"}\0{\"x\":1}"s, "json-nul"},
        Case{"E04_nul_last", "{}\0"s, "json-nul"}, Case{"E05_nul_raw", "[\"a\0b\"]"s, "json-nul"},
        Case{"E05_nul_escaped", R"({"family":"a\u0000b"})", "json-control-character"},
        Case{"E05_bell_escaped", R"(["\u0007"])", "json-control-character"},
        Case{"E05_backspace", R"(["\b"])", "json-control-character"},
        Case{"E05_in_a_name", R"({"\u0001":1})", "json-control-character"},
        Case{"E05_raw", "[\"a\x07\"]", "json-syntax"}, Case{"E05_white_space", R"(["\t\r\n\u0009"])", ""},
        Case{"E06_bad_start", "[\"\xFF\xFE\"]", "json-utf8"}, Case{"E06_overlong", "[\"\xC0\xAF\"]", "json-utf8"},
        Case{"E06_overlong_3", "[\"\xE0\x80\xAF\"]", "json-utf8"},
        Case{"E06_surrogate", "[\"\xED\xA0\x80\"]", "json-utf8"},
        Case{"E06_too_high", "[\"\xF4\x90\x80\x80\"]", "json-utf8"}, Case{"E06_cut", "\"\xF0\x9F", "json-utf8"},
        Case{"E06_lone_continuation", "[\"0123456789abcdef\x80\"]", "json-utf8"},
        Case{"E06_good", "[\"\xC3\xA9 \xE2\x82\xAC \xED\x9F\xBF \xEE\x80\x80 \xF0\x9F\x98\x80 \xF4\x8F\xBF\xBF\"]", ""},
        Case{"E07_high", R"(["\ud800"])", "json-surrogate"}, Case{"E07_low", R"(["\udfaa"])", "json-surrogate"},
        Case{"E07_reversed", R"(["\udc00\ud800"])", "json-surrogate"},
        Case{"E07_low_in_a_name", R"({"\uDFAA":1})", "json-surrogate"}, Case{"E07_pair", R"(["\ud83d\ude00"])", ""},
        Case{"E08_bom", "\xEF\xBB\xBF{}", ""}, Case{"E08_half_bom", "\xEF\xBB{}", "json-utf8"},
        Case{"E08_two_boms", "\xEF\xBB\xBF\xEF\xBB\xBF{}", "json-syntax"},
        Case{"E08_utf16", "\xFF\xFE{\0}\0"s, "json-utf8"}, Case{"E09_100", Repeat("[", 100) + Repeat("]", 100), ""},
        Case{"E09_101", Repeat("[", 101) + Repeat("]", 101), "json-depth"},
        Case{"E09_million", Repeat("[", 1'000'000), "json-depth"},
        Case{"E09_extensions", Repeat("{\"extension\":[", 200'000), "json-depth"},
        Case{"E10_underflow", "[1.11111111111111111111e-2147483639]", "json-number"},
        Case{"E10_exponent", "1E+999999999999", "json-number"}, Case{"E10_exponent_1000", "1e-1000", "json-number"},
        Case{"E10_400", "1e400", "json-number"}, Case{"E10_minus_400", "1e-400", "json-number"},
        Case{"E10_308", "[1e308,9.99e308,-12E+307,0.1e309,0e308]", ""}, Case{"E10_309", "1e309", "json-number"},
        Case{"E10_minus_308", "[1e-308,0.5e-307,-1200E-311,0e-308]", ""},
        Case{"E10_minus_309", "1e-309", "json-number"}, Case{"E10_moved_309", "1234.5e306", "json-number"},
        Case{"E10_moved_minus_309", "0.009e-306", "json-number"}, Case{"E10_zero_minus_309", "0.0e-309", "json-number"},
        Case{"E10_zero_309", "-0e309", "json-number"},
        Case{"E10_million_digits", Repeat("7", 1'000'000), "json-number"},
        Case{"E10_million_zeros", "0." + Repeat("0", 1'000'000), "json-number"},
        Case{"E10_64_digits", "0.00" + Repeat("7", 64), ""},
        Case{"E10_65_digits", "0." + Repeat("7", 65), "json-number"},
        Case{"E13_members", ManyMembers(10'001), "json-too-many"},
        Case{"E13_members_that_fit", ManyMembers(10'000), ""},
        Case{"E13_items", "[" + Repeat("1,", 100'000) + "1]", "json-too-many"},
        Case{"E13_items_that_fit", "[" + Repeat("1,", 99'999) + "1]", ""}),
    [](const auto& row) { return row.param.name; });

TEST(Parse, KeepsNumberLiterals) {
  constexpr std::string_view kNumbers = "[1.10,1.0,-0.0,0.1000000000000000055511151231257827,1.00E2,-1,0,1e-7]";
  EXPECT_EQ(RoundTrip(kNumbers), kNumbers);
}

TEST(Parse, KeepsOrderAndDropsWhiteSpace) {
  EXPECT_EQ(RoundTrip(" { \"b\" : [ 1 , true , null ] , \"a\" : { } , \"c\" : [ ] } "),
            R"({"b":[1,true,null],"a":{},"c":[]})");
}

TEST(Parse, WritesTheShortestEscapes) {
  EXPECT_EQ(RoundTrip(R"(["\u0041\/\u00e9\"\\\n\t\ud83d\ude00"])"), "[\"A/\xC3\xA9\\\"\\\\\\n\\t\xF0\x9F\x98\x80\"]");
}

TEST(Parse, NamesTheByteOffset) {
  EXPECT_EQ(LocationFor("{\"a\":tru}"), "offset 8");
  EXPECT_EQ(LocationFor("[\"\xC3\xA9\", \"\xFF\"]"), "offset 8");
  EXPECT_EQ(LocationFor("{\"a\":1,\"b\":2,\"a\":3}"), "offset 14");
  EXPECT_EQ(LocationFor("\xEF\xBB\xBF[1,]"), "offset 6");
  EXPECT_EQ(LocationFor(""), "offset 0");
}

TEST(Parse, NeverRepeatsTheInput) {
  const Result<Document> document = ParseDocument("{\"Canary\":Canary}");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().message.find("Canary"), std::string::npos);
  EXPECT_EQ(document.error().issues.at(0).text.find("Canary"), std::string::npos);
}

TEST(Parse, LetsEscapedControlCharactersThroughWhereAsked) {
  Limits limits;
  limits.control_characters = true;
  EXPECT_EQ(RuleFor(R"(["\u0000\u0007\b\f"])", limits), "");
  EXPECT_EQ(RuleFor(R"(["\u0000\udc00"])", limits), "json-surrogate");
}

TEST(Parse, RefusesMoreValuesThanTheLimit) {
  Limits limits;
  limits.nodes = 5;
  EXPECT_EQ(RuleFor("[1,2,3,4]", limits), "");
  EXPECT_EQ(RuleFor("[1,2,3,4,5]", limits), "json-too-many");
}

TEST(Parse, RefusesALongString) {
  Limits limits;
  limits.string_bytes = 4;
  EXPECT_EQ(RuleFor(R"(["abcd"])", limits), "");
  EXPECT_EQ(RuleFor(R"(["abcde"])", limits), "json-too-long");
  EXPECT_EQ(RuleFor(R"({"abcde":1})", limits), "json-too-long");
}

TEST(Parse, OutlivesTheBytesItRead) {
  Arena arena;
  std::string bytes = R"({"name":"value","number":1.50})";
  const Result<Value> value = Parse(bytes, arena);
  bytes.assign(bytes.size(), 'x');
  ASSERT_TRUE(value);
  EXPECT_EQ(ToString(*value), R"({"name":"value","number":1.50})");
}

TEST(ParseDocument, MayBeMoved) {
  Result<Document> read = ParseDocument(R"({"a":[1,2]})");
  ASSERT_TRUE(read);
  const Document moved = *std::move(read);
  EXPECT_EQ(ToString(moved.root), R"({"a":[1,2]})");
}

}  // namespace
}  // namespace throughline::json
