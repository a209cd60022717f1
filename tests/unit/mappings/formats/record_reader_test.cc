#include "mappings/formats/record_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <ostream>
#include <string>
#include <vector>

#include "fhir/json/write.h"

namespace throughline::formats {
namespace {

// Gives `bytes` in pieces of `size`.
ByteSource InPieces(std::string bytes, std::size_t size) {
  return [bytes = std::move(bytes), size, at = std::size_t{0}](std::span<char> room) mutable -> Result<std::size_t> {
    const std::size_t count = std::min({size, room.size(), bytes.size() - at});
    std::memcpy(room.data(), bytes.data() + at, count);
    at += count;
    return count;
  };
}

struct Read {
  std::vector<std::string> records;  // canonical; "!" and the rule for one that cannot be read
  std::string envelope;
  std::string error;  // "rule location"
};

Read ReadAll(const RecordFormat& format, ByteSource source, Limits limits = {}) {
  Read read;
  RecordReader reader(format, std::move(source), limits);
  json::Arena arena;
  for (;;) {
    auto record = reader.Next(arena);
    if (!record) {
      const Issue& issue = record.error().issues.at(0);
      read.error = issue.rule + " " + issue.location;
      return read;
    }
    if (!record->has_value()) break;
    const Record& one = **record;
    read.records.push_back(one.error ? "!" + one.error->issues.at(0).rule + " " + one.error->issues.at(0).location
                                     : json::ToString(one.value));
  }
  read.envelope = reader.envelope();
  return read;
}

struct Case {
  std::string name;
  Syntax syntax;
  std::string path;
  std::string file;
  std::vector<std::string> records;
  std::string envelope;
  std::string error;
};

void PrintTo(const Case& given, std::ostream* out) { *out << given.name; }

class RecordReading : public testing::TestWithParam<Case> {};

TEST_P(RecordReading, GivesTheSameWhateverThePieces) {
  const Case& given = GetParam();
  for (const std::size_t size : {1u, 2u, 3u, 7u, 65536u}) {
    const Read read = ReadAll({given.syntax, given.path, -1}, InPieces(given.file, size));
    EXPECT_EQ(read.records, given.records) << size;
    EXPECT_EQ(read.envelope, given.envelope) << size;
    EXPECT_EQ(read.error, given.error) << size;
  }
}

const Case kCases[] = {
    {"MembersAround",
     Syntax::kJson,
     "d.*",
     R"({"a":1,"d":[{"x":1},{"x":"]}\"\\"}],"z":[2]})",
     {R"({"x":1})", R"({"x":"]}\"\\"})"},
     R"({"a":1,"d":[],"z":[2]})",
     ""},
    {"PathOfTwo",
     Syntax::kJson,
     "a.d.*",
     R"({"a":{"b":0,"d":[1, 2 ,3],"c":{}},"e":null})",
     {"1", "2", "3"},
     R"({"a":{"b":0,"d":[],"c":{}},"e":null})",
     ""},
    {"TopList", Syntax::kJson, "*", " [ {} , [] ] ", {"{}", "[]"}, "[]", ""},
    {"NoRecords", Syntax::kJson, "d.*", R"({"d":[]})", {}, R"({"d":[]})", ""},
    {"OneRecord", Syntax::kJson, "", " {\"a\":[1.50]}\n", {R"({"a":[1.50]})"}, "", ""},
    {"Marked", Syntax::kJson, "d.*", "\xEF\xBB\xBF{\"d\":[1]}", {"1"}, R"({"d":[]})", ""},
    {"UtfSixteen", Syntax::kJson, "d.*", std::string("\xFF\xFE{\0", 4), {}, "", "record-encoding line 1, column 1"},
    {"UtfSixteenLines", Syntax::kNdjson, "", std::string("\xFF\xFE{\0", 4), {}, "", "record-encoding line 1, column 1"},
    {"HalfMarked", Syntax::kJson, "d.*", "\xEF\xBB{\"d\":[1]}", {}, "", "record-structure line 1, column 2"},
    {"EscapedName", Syntax::kJson, "d.*", R"({"\u0064":[1]})", {"1"}, R"({"d":[]})", ""},
    {"BadInsideOne",
     Syntax::kJson,
     "*",
     R"([{"a":1,"a":2},{"b":3}])",
     {"!json-duplicate-name line 1, column 10", R"({"b":3})"},
     "[]",
     ""},
    {"MissingComma", Syntax::kJson, "*", "[1 2]", {"1"}, "", "record-structure line 1, column 4"},
    {"CommaAtEnd", Syntax::kJson, "*", "[1,]", {"1"}, "", "record-structure line 1, column 4"},
    {"NoSuchMember", Syntax::kJson, "d.*", R"({"e":[1]})", {}, "", "record-path line 1, column 9"},
    {"NoListThere", Syntax::kJson, "d.*", R"({"d":{}})", {}, "", "record-path line 1, column 6"},
    {"CutRecord", Syntax::kJson, "*", R"([{"a":"b)", {}, "", "record-cut line 1, column 9"},
    {"CutList", Syntax::kJson, "*", "[1", {"1"}, "", "record-structure line 1, column 3"},
    {"WrongBracket", Syntax::kJson, "*", "[{]}", {}, "", "record-structure line 1, column 4"},
    {"Behind", Syntax::kJson, "*", "[1]x", {"1"}, "", "record-trailing line 1, column 4"},
    {"Empty", Syntax::kJson, "*", "", {}, "", "record-path line 1, column 1"},
    {"TwoLists", Syntax::kJson, "d.*", R"({"d":[1],"d":[2]})", {"1"}, "", "json-duplicate-name "},
    {"Lines", Syntax::kNdjson, "", "\xEF\xBB\xBF{\"a\":1}\r\n\n  \n{\"a\":2}", {R"({"a":1})", R"({"a":2})"}, "", ""},
    {"BadLine",
     Syntax::kNdjson,
     "",
     "{\"a\":1}\n{\n{\"a\":3}\n",
     {R"({"a":1})", "!json-syntax line 2, column 2", R"({"a":3})"},
     "",
     ""},
};

INSTANTIATE_TEST_SUITE_P(Files, RecordReading, testing::ValuesIn(kCases),
                         [](const auto& given) { return given.param.name; });

TEST(RecordReader, SkipsARecordThatIsTooLongAndGoesOn) {
  Limits limits;
  limits.record_bytes = 8;
  const Read json = ReadAll({Syntax::kJson, "*", -1}, InPieces(R"(["0123456789","a"])", 5), limits);
  EXPECT_EQ(json.records, (std::vector<std::string>{"!record-too-long line 1, column 2", R"("a")"}));
  const Read lines = ReadAll({Syntax::kNdjson, "", -1}, InPieces("\"0123456789\"\n\"a\"\n", 5), limits);
  EXPECT_EQ(lines.records, (std::vector<std::string>{"!record-too-long line 1, column 1", R"("a")"}));
}

TEST(RecordReader, RefusesAnEnvelopeOverTheLimit) {
  Limits limits;
  limits.envelope_bytes = 16;
  const Read read = ReadAll({Syntax::kJson, "d.*", -1}, InPieces(R"({"a":"01234567890123456789","d":[]})", 9), limits);
  EXPECT_TRUE(read.error.starts_with("record-envelope-too-long")) << read.error;
}

TEST(RecordReader, SkipsARecordNestedTooDeepAndGoesOn) {
  const std::string deep = std::string(101, '[') + std::string(101, ']');
  const Read json = ReadAll({Syntax::kJson, "*", -1}, InPieces("[" + deep + ",\n7]", 64));
  EXPECT_EQ(json.records, (std::vector<std::string>{"!json-depth line 1, column 102", "7"}));
  const Read lines = ReadAll({Syntax::kNdjson, "", -1}, InPieces(deep + "\n7\n", 64));
  EXPECT_EQ(lines.records, (std::vector<std::string>{"!json-depth line 1, column 101", "7"}));
}

TEST(RecordReader, EndsWhereBracketsNeverDo) {
  Limits limits;
  limits.record_bytes = 1000;
  const Read read = ReadAll({Syntax::kJson, "*", -1}, InPieces("[" + std::string(2000, '['), 64), limits);
  EXPECT_TRUE(read.error.starts_with("record-too-deep line 1, column 1")) << read.error;
}

TEST(RecordReader, PassesOnWhatTheSourceSays) {
  const ByteSource broken = [](std::span<char>) -> Result<std::size_t> {
    return MakeError(ErrorKind::kTimeout, "body-slow", "too slow");
  };
  for (const Syntax syntax : {Syntax::kJson, Syntax::kNdjson}) {
    RecordReader reader({syntax, "*", -1}, broken);
    json::Arena arena;
    const auto first = reader.Next(arena);
    ASSERT_FALSE(first);
    EXPECT_EQ(first.error().kind, ErrorKind::kTimeout);
    EXPECT_EQ(reader.Next(arena).error().kind, ErrorKind::kTimeout);
  }
}

TEST(RecordReader, SaysWhereARecordBegins) {
  for (const std::size_t size : {1u, 2u, 3u, 65536u}) {
    RecordReader reader({Syntax::kJson, "*", -1}, InPieces("\xEF\xBB\xBF[ \"\xC3\xA9\",1,\n 22]", size));
    json::Arena arena;
    const auto first = *reader.Next(arena);
    EXPECT_EQ(std::pair(first->start.line, first->start.column), std::pair(1ul, 3ul)) << size;
    const auto second = *reader.Next(arena);
    EXPECT_EQ(std::pair(second->start.line, second->start.column), std::pair(1ul, 7ul)) << size;
    const auto third = *reader.Next(arena);
    EXPECT_EQ(std::pair(third->start.line, third->start.column), std::pair(2ul, 2ul)) << size;
    EXPECT_EQ(third->index, 2u);
    EXPECT_EQ(third->bytes, "22");
  }
}

TEST(RecordReader, SaysWhereAPlaceInARecordStands) {
  json::Arena arena;
  RecordReader list({Syntax::kJson, "*", -1}, FromMemory("[{},\n  {\"a\": 1,\n   \"b\": [7]}, {\"a\": 2}]"));
  list.Next(arena).value();
  const auto second = *list.Next(arena);
  EXPECT_EQ(list.Where(*second, "/a"), "line 2, column 9");
  EXPECT_EQ(list.Where(*second, "/b/0"), "line 3, column 10");
  const auto third = *list.Next(arena);
  EXPECT_EQ(list.Where(*third, "/a"), "line 3, column 21");
  RecordReader lines({Syntax::kNdjson, "", -1}, FromMemory("{}\n\n {\"a\":1}\n"));
  lines.Next(arena).value();
  EXPECT_EQ(lines.Where(**lines.Next(arena), "/a"), "line 3, column 7");
}

TEST(ReadEnvelope, GivesItWithoutTheRecords) {
  const auto envelope = ReadEnvelope({Syntax::kJson, "d.*", -1}, FromMemory(R"({"d":[{"a":1},{}], "e" : 1})"), {});
  ASSERT_TRUE(envelope);
  EXPECT_EQ(*envelope, R"({"d":[],"e":1})");
}

}  // namespace
}  // namespace throughline::formats
