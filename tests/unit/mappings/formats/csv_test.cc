#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <ostream>
#include <string>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "mappings/formats/record_reader.h"
#include "mappings/formats/record_writer.h"
#include "mappings/formats/row_order.h"

namespace throughline::formats {
namespace {

// id is the key, name stands once in a record, note once in each of its rows.
RecordFormat People() {
  RecordFormat format;
  format.syntax = Syntax::kCsv;
  format.csv.columns = {{"id", {"ID", "NUMBER"}, "", false, true},
                        {"name", {"NAME"}, "", false, false},
                        {"note", {"NOTE"}, "NA", true, false}};
  format.csv.rows = "row";
  return format;
}

struct Read {
  std::vector<std::string> records;  // JSON; "!rule place" for one that cannot be read
  std::string envelope;
  std::string error;  // "rule place"
  std::vector<std::string> notices;
};

Read ReadAll(const RecordFormat& format, std::string_view file, std::size_t piece, const Limits& limits = {}) {
  Read read;
  RecordReader reader(
      format,
      [file, piece](std::span<char> room) mutable -> Result<std::size_t> {
        const std::size_t count = std::min({piece, room.size(), file.size()});
        if (count > 0) std::memcpy(room.data(), file.data(), count);
        file.remove_prefix(count);
        return count;
      },
      limits);
  json::Arena arena;
  for (;;) {
    auto record = reader.Next(arena);
    if (!record) {
      read.error = record.error().issues.at(0).rule + " " + record.error().issues.at(0).location;
      return read;
    }
    if (!*record) break;
    const auto& error = (*record)->error;
    read.records.push_back(error ? "!" + error->issues.at(0).rule + " " + error->issues.at(0).location
                                 : json::ToString((*record)->value));
    if (!error) {
      EXPECT_EQ((*record)->bytes, read.records.back());
    }
  }
  read.envelope = reader.envelope();
  for (const Issue& notice : reader.Notices()) read.notices.push_back(notice.text);
  return read;
}

std::string Written(const RecordFormat& format, const Read& read) {
  std::string out;
  RecordWriter writer(format, read.envelope, [&](std::string_view bytes) -> Result<void> {
    out.append(bytes);
    return {};
  });
  EXPECT_TRUE(writer.Begin());
  for (const std::string& record : read.records) {
    auto value = json::ParseDocument(record);
    EXPECT_TRUE(value);
    EXPECT_TRUE(writer.Write(value->root));
  }
  EXPECT_TRUE(writer.End());
  return out;
}

struct Case {
  std::string name;
  std::string file;
  std::vector<std::string> records;
  std::string error;
  std::vector<std::string> notices;
  std::string written;  // "=": the file
};
void PrintTo(const Case& given, std::ostream* out) { *out << given.name; }

const Case kCases[] = {
    {"OneRowIsARecord",
     "ID,NAME,NOTE\n1,Ana,a\n2,Eva,b\n",
     {R"({"id":"1","name":"Ana","row":[{"note":"a"}]})", R"({"id":"2","name":"Eva","row":[{"note":"b"}]})"},
     "",
     {},
     "="},
    {"RowsWithTheSameKeyAreOneRecord",
     "ID,NAME,NOTE\n1,Ana,a\n1,Ana,NA\n2,Eva,b\n",
     {R"({"id":"1","name":"Ana","row":[{"note":"a"},{"note":"NA"}]})",
      R"({"id":"2","name":"Eva","row":[{"note":"b"}]})"},
     "",
     {},
     "="},
    {"ColumnsStandInAnyOrderUnderAnyOfTheirNames",
     "NOTE,NUMBER,NAME\r\na,1,Ana\r\n",
     {R"({"id":"1","name":"Ana","row":[{"note":"a"}]})"},
     "",
     {},
     "="},
    {"QuotedCellsHoldAnything",
     "ID,NAME,NOTE\n1,\"A, \"\"B\"\"\nC\",\"\"\n",
     {R"({"id":"1","name":"A, \"B\"\nC","row":[{"note":""}]})"},
     "",
     {},
     "ID,NAME,NOTE\n1,\"A, \"\"B\"\"\nC\",\n"},
    {"AByteOrderMarkIsKept",
     "\xEF\xBB\xBFID,NAME,NOTE\n1,\xC3\x81na,a\n",
     {"{\"id\":\"1\",\"name\":\"\xC3\x81na\",\"row\":[{\"note\":\"a\"}]}"},
     "",
     {},
     "="},
    {"AMissingColumnSaysNothing",
     "ID,NAME\n1,Ana\n",
     {R"({"id":"1","name":"Ana","row":[{}]})"},
     "",
     {"the file has no column 'NOTE'"},
     "="},
    {"AnUnknownColumnIsCounted",
     "ID,NAME,NOTE,EXTRA,\n1,Ana,a,x,\n2,Eva,b,,\n",
     {R"({"id":"1","name":"Ana","row":[{"note":"a"}],"EXTRA":"x"})", R"({"id":"2","name":"Eva","row":[{"note":"b"}]})"},
     "",
     {"column D 'EXTRA' is not known to the map; 1 of its cells hold something",
      "column E '' is not known to the map; 0 of its cells hold something"},
     "ID,NAME,NOTE,EXTRA,\n1,Ana,a,,\n2,Eva,b,,\n"},
    {"GluedNamesAreShown",
     "ID,NAME\tNOTE\n1,x\n",
     {"{\"id\":\"1\",\"row\":[{}],\"NAME\\tNOTE\":\"x\"}"},
     "",
     {"the file has no column 'NAME'", "the file has no column 'NOTE'",
      "column B 'NAME\tNOTE' is not known to the map; 1 of its cells hold something; a control character in the name "
      "may have "
      "glued two names"},
     "ID,NAME\tNOTE\n1,\n"},
    {"RowsOfARecordThatDifferAreRefused",
     "ID,NAME,NOTE\n1,Ana,a\n1,Eva,b\n2,Eva,c\n",
     {"!record-rows line 2", R"({"id":"2","name":"Eva","row":[{"note":"c"}]})"},
     "",
     {},
     ""},
    {"ARowWithTooFewCellsIsRefused",
     "ID,NAME,NOTE\n1,Ana\n2,Eva,c\n",
     {"!record-row line 2", R"({"id":"2","name":"Eva","row":[{"note":"c"}]})"},
     "",
     {},
     ""},
    {"RowsThatAreTooShortForTheirKeyAreRefusedEach",
     "NAME,NOTE,ID\nAna\nEva\nIda,c,3\n",
     {"!record-row line 2", "!record-row line 3", R"({"id":"3","name":"Ida","row":[{"note":"c"}]})"},
     "",
     {},
     ""},
    {"ARowWithTooManyCellsIsRefused",
     "ID,NAME,NOTE\n1,Ana,a,b,c,d\n2,Eva,c,d\n3,Eva,c\n",
     {"!record-row line 2", "!record-row line 3", R"({"id":"3","name":"Eva","row":[{"note":"c"}]})"},
     "",
     {},
     ""},
    {"AnOpenQuoteIsRefused", "ID,NAME,NOTE\n1,\"Ana,a\n2,Eva,c\n", {"!record-quote line 2"}, "", {}, ""},
    {"BlankLinesAreNothing",
     "ID,NAME,NOTE\n\n1,Ana,a\n\r\n\n2,Eva,b",
     {R"({"id":"1","name":"Ana","row":[{"note":"a"}]})", R"({"id":"2","name":"Eva","row":[{"note":"b"}]})"},
     "",
     {},
     "ID,NAME,NOTE\n1,Ana,a\n2,Eva,b\n"},
    {"AnEmptyFileIsRefused", "", {}, "record-header line 1", {}, ""},
    {"AHeaderWithoutTheKeyIsRefused", "NAME,NOTE\nAna,a\n", {}, "record-header line 1", {}, ""},
    {"AColumnTwiceIsRefused", "ID,NAME,NAME\n1,Ana,a\n", {}, "record-header line 1", {}, ""},
    {"LinesThatEndWithACarriageReturnAloneAreRefused",
     "ID,NAME,NOTE\r1,Ana,a\r2,Eva,b\r",
     {},
     "record-header line 1",
     {},
     ""},
    {"ACarriageReturnInTheHeaderIsRefused", "ID,NAME,NOTE\r1,Ana,a\n2,Eva,b,,\n", {}, "record-header line 1", {}, ""},
    {"TwoCarriageReturnsBehindTheHeaderAreRefused",
     "ID,NAME,NOTE\r\r\n1,Ana,a\r\r\n",
     {},
     "record-header line 1",
     {},
     ""},
    {"ANameMayHaveTwoLines",
     "ID,NAME,NOTE,\"A\r\nB\"\n1,Ana,a,\n",
     {R"({"id":"1","name":"Ana","row":[{"note":"a"}]})"},
     "",
     {"column D 'A\r\nB' is not known to the map; 0 of its cells hold something; a control character in the name may "
      "have glued two names"},
     ""},
    {"NamesThatMayBeValuesAreNotShown",
     "ID,NAME,NOTE,Ann Canary,1990-01-01\n1,Ana,a,,x\n",
     {R"({"id":"1","name":"Ana","row":[{"note":"a"}],"column E":"x"})"},
     "",
     {"column D is not known to the map; 0 of its cells hold something; its name is not shown: is the first line a "
      "row, "
      "and no names?",
      "column E is not known to the map; 1 of its cells hold something; its name is not shown: is the first line a "
      "row, "
      "and no names?"},
     ""},
    {"TwoNamesOfAColumnAreRefused", "ID,NUMBER\n1,1\n", {}, "record-header line 1", {}, ""},
    {"UtfSixteenIsRefused", "\xFF\xFEI\0D\0", {}, "record-encoding line 1", {}, ""},
    {"UtfSixteenWithoutAMarkIsRefused", std::string("I\0D\0\n\0", 6), {}, "record-header line 1", {}, ""},
    {"ARowWithAControlCharacterIsRefused",
     std::string("ID,NAME,NOTE\n1,A\0a,a\n2,E\x01va,b\n3,\"I\tda\r\n\",c\n", 43),
     {"!record-row line 2", "!record-row line 3", R"({"id":"3","name":"I\tda\r\n","row":[{"note":"c"}]})"},
     "",
     {},
     ""},
    {"LineEndsAreMixed",
     "ID,NAME,NOTE\n1,Ana,a\r\n2,Eva,b\n3,Ida,\"c\r\nd\"\r\n",
     {R"({"id":"1","name":"Ana","row":[{"note":"a"}]})", R"({"id":"2","name":"Eva","row":[{"note":"b"}]})",
      R"({"id":"3","name":"Ida","row":[{"note":"c\r\nd"}]})"},
     "",
     {},
     "ID,NAME,NOTE\n1,Ana,a\n2,Eva,b\n3,Ida,\"c\r\nd\"\n"},
    {"AQuotedCellMayEndWithACarriageReturn",
     "ID,NAME,NOTE\n1,Ana,\"a\r\"\n",
     {R"({"id":"1","name":"Ana","row":[{"note":"a\r"}]})"},
     "",
     {},
     "="},
    {"AHeaderAloneIsAFileWithoutRecords", "ID,NAME,NOTE\n", {}, "", {}, "="},
    {"AMarkInTheMiddleIsText",
     "ID,NAME,NOTE\n1,\xEF\xBB\xBF"
     "Ana,a\n",
     {"{\"id\":\"1\",\"name\":\"\xEF\xBB\xBF"
      "Ana\",\"row\":[{\"note\":\"a\"}]}"},
     "",
     {},
     "="},
    {"BytesThatAreNoTextAreRefused",
     "ID,NAME,NOTE\n1,\xE1na,a\n2,Eva,b\n",
     {"!record-encoding line 2", R"({"id":"2","name":"Eva","row":[{"note":"b"}]})"},
     "",
     {},
     ""},
};

class Csv : public testing::TestWithParam<Case> {};

TEST_P(Csv, IsReadAndWrittenAsTheCaseSays) {
  const Case& given = GetParam();
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{1} << 16}) {
    const Read read = ReadAll(People(), given.file, piece);
    EXPECT_EQ(read.records, given.records);
    EXPECT_EQ(read.error, given.error);
    if (given.error.empty()) {
      EXPECT_EQ(read.notices, given.notices);
    }
    if (!given.written.empty()) {
      EXPECT_EQ(Written(People(), read), given.written == "=" ? given.file : given.written);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Csv, testing::ValuesIn(kCases), [](const auto& given) { return given.param.name; });

TEST(CsvEncoding, ComesBackByteForByte) {
  std::string bytes;
  for (int byte = 0x20; byte < 0x100; ++byte) {
    if (byte != '"' && byte != ';') bytes.push_back(static_cast<char>(byte));
  }
  for (const Encoding encoding : {Encoding::kLatin1, Encoding::kWindows1252}) {
    RecordFormat format = People();
    format.csv.encoding = encoding;
    format.csv.delimiter = ';';
    const std::string file = "ID;NAME;NOTE\n1;" + bytes + ";a\n";
    EXPECT_EQ(Written(format, ReadAll(format, file, 5)), file);
  }
}

TEST(CsvEncoding, OfTheFileIsNotThatOfTheMap) {
  RecordFormat format = People();
  format.csv.encoding = Encoding::kLatin1;
  for (const std::size_t piece : {1, 64}) {
    EXPECT_EQ(ReadAll(format, "\xEF\xBB\xBFID,NAME,NOTE\n1,Ana,a\n", piece).error, "record-encoding line 1");
  }
}

TEST(CsvEncoding, SaysWhatItCannotWrite) {
  RecordFormat format = People();
  format.csv.encoding = Encoding::kLatin1;
  std::string out;
  RecordWriter writer(format, "", [&](std::string_view bytes) -> Result<void> {
    out.append(bytes);
    return {};
  });
  ASSERT_TRUE(writer.Begin());
  const auto euro = json::ParseDocument(R"({"id":"1","name":"€"})");
  const auto written = writer.Write(euro->root);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().issues.at(0).rule, "record-encoding");
  EXPECT_EQ(out, "ID,NAME,NOTE\n");
}

TEST(CsvFormulas, StandBehindAnApostropheAndComeBack) {
  RecordFormat format = People();
  format.csv.guarded = true;
  const std::string file = "ID,NAME,NOTE\n1,'=cmd(),-5\n2,''+x,'plain\n3,\"-0,5\",'@a\n";
  const Read read = ReadAll(format, file, 4);
  EXPECT_EQ(read.records.at(0), R"j({"id":"1","name":"=cmd()","row":[{"note":"-5"}]})j");
  EXPECT_EQ(read.records.at(1), R"({"id":"2","name":"'+x","row":[{"note":"'plain"}]})");
  EXPECT_EQ(read.records.at(2), R"({"id":"3","name":"-0,5","row":[{"note":"@a"}]})");
  EXPECT_EQ(Written(format, read), file);
}

TEST(CsvFormulas, MayBeginWithALineFeedOrInFullWidth) {
  RecordFormat format = People();
  format.csv.guarded = true;
  const std::string file = "ID,NAME,NOTE\n1,\"'\n=cmd()\",'＝1\n2,'＋a,'－a\n3,'＠a,''＝a\n4,'－5,｀\n";
  const Read read = ReadAll(format, file, 4);
  EXPECT_EQ(read.records.at(0), R"j({"id":"1","name":"\n=cmd()","row":[{"note":"＝1"}]})j");
  EXPECT_EQ(read.records.at(1), R"({"id":"2","name":"＋a","row":[{"note":"－a"}]})");
  EXPECT_EQ(read.records.at(2), R"({"id":"3","name":"＠a","row":[{"note":"'＝a"}]})");
  EXPECT_EQ(read.records.at(3), R"({"id":"4","name":"－5","row":[{"note":"｀"}]})");
  EXPECT_EQ(Written(format, read), file);
}

TEST(CsvWriting, CountsWhatHasNoColumn) {
  std::string out;
  RecordWriter writer(People(), R"({"header":["ID"],"carriageReturn":false,"byteOrderMark":false})",
                      [&](std::string_view bytes) -> Result<void> {
                        out.append(bytes);
                        return {};
                      });
  ASSERT_TRUE(writer.Begin());
  const auto record = json::ParseDocument(R"({"id":"1","name":"Ana","row":[{"note":"NA"},{"note":"x"}]})");
  ASSERT_TRUE(writer.Write(record->root));
  EXPECT_EQ(out, "ID\n1\n1\n");
  ASSERT_EQ(writer.Notices().size(), 2u);
  EXPECT_EQ(writer.Notices().at(1).text, "the file has no column 'NOTE'; 1 of its cells were left out");
}

TEST(CsvLimits, HoldALineThatNeverEnds) {
  const std::string file = "ID,NAME,NOTE\n1," + std::string(1 << 20, 'x') + ",a\n2,Eva,b\n";
  const Read read = ReadAll(People(), file, 1 << 14, {.record_bytes = 1 << 16});
  ASSERT_EQ(read.records.size(), 2u);
  EXPECT_EQ(read.records.at(0), "!record-too-long line 2");
}

// Rows of 1, 2 and 3 that do not stand together; the last line has no end.
constexpr std::string_view kApart =
    "ID,NAME,NOTE\n1,Ana,a\n2,Eva,b\n1,Ana,c\n\n3,Ida,d\n3,Ida,e\n2,Eva,f\nbroken\n1,Ana,\"g\nh\"\n2,Eva,i";

std::vector<std::string> Records(RecordReader& reader) {
  std::vector<std::string> records;
  for (json::Arena arena;;) {
    auto record = reader.Next(arena);
    EXPECT_TRUE(record);
    if (!record || !*record) return records;
    const auto& error = (*record)->error;
    records.push_back(std::to_string((*record)->start.line) + " " +
                      (error ? "!" + error->issues.at(0).rule + " " + error->issues.at(0).location
                             : json::ToString((*record)->value)));
  }
}

TEST(CsvRowsApart, AreKeptOutWhereTheFileIsReadOnce) {
  const Read read = ReadAll(People(), kApart, 3);
  ASSERT_EQ(read.records.size(), 8u);
  EXPECT_EQ(read.records.at(2), "!record-rows-apart line 4");
  EXPECT_EQ(read.records.at(3), R"({"id":"3","name":"Ida","row":[{"note":"d"},{"note":"e"}]})");
  EXPECT_EQ(read.records.at(4), "!record-rows-apart line 8");
  EXPECT_EQ(read.records.at(7), "!record-rows-apart line 12");
}

// What is kept of records that cannot be read: nothing is lost where they are put aside.
TEST(CsvRowsApart, AreKeptAsLines) {
  constexpr std::string_view kFile =
      "ID,NAME,NOTE\n1,Ana,a\n2,Eva,b\n1,Ana,\"c \"\"d\"\"\"\n1,Ana,e\n4,Bo\n4,\xFFo,x\n5,A,a\n5,B,a\n";
  RecordReader reader(People(), FromMemory(kFile));
  std::vector<std::string> kept;
  for (json::Arena arena;;) {
    auto record = reader.Next(arena);
    ASSERT_TRUE(record);
    if (!*record) break;
    if ((*record)->error) kept.emplace_back((*record)->bytes);
  }
  const std::vector<std::string> wanted = {"1,Ana,\"c \"\"d\"\"\"\n1,Ana,e\n", "4,Bo\n", "4,\xFFo,x\n",
                                           "5,A,a\n5,B,a\n"};
  EXPECT_EQ(kept, wanted);
}

TEST(CsvRowsApart, AreNotWatchedWithoutEnd) {
  const Read read = ReadAll(People(), "ID,NAME,NOTE\n1,A,a\n2,B,b\n3,C,c\n", 9, {.watched_keys = 2});
  EXPECT_EQ(read.records.at(2), "!record-rows-watched line 4");
}

TEST(CsvRowsApart, AreGatheredWhereTheFileCanBeReadInAnyOrder) {
  auto reader = GatheringReader(People(), PlacedInMemory(kApart));
  ASSERT_TRUE(reader);
  const std::vector<std::string> records = Records(*reader);
  EXPECT_EQ(records, (std::vector<std::string>{
                         R"(2 {"id":"1","name":"Ana","row":[{"note":"a"},{"note":"c"},{"note":"g\nh"}]})",
                         R"(3 {"id":"2","name":"Eva","row":[{"note":"b"},{"note":"f"},{"note":"i"}]})",
                         R"(6 {"id":"3","name":"Ida","row":[{"note":"d"},{"note":"e"}]})", "9 !record-row line 9"}));
  EXPECT_EQ(reader->Notices().at(0).rule, "record-rows-gathered");
  EXPECT_EQ(reader->Notices().at(0).text,
            "the rows of 2 records do not stand together in the file; they were gathered");
}

TEST(CsvRowsApart, AreNotWatchedForWhereAllWereSeenToStandTogether) {
  auto reader = GatheringReader(People(), PlacedInMemory("ID,NAME,NOTE\n1,A,a\n2,B,b\n3,C,c\n"), {.watched_keys = 2});
  ASSERT_TRUE(reader);
  EXPECT_EQ(Records(*reader).at(2), R"(4 {"id":"3","name":"C","row":[{"note":"c"}]})");
}

TEST(CsvRowsApart, AreGatheredThroughAFileWhereMemoryIsShort) {
  std::string file = "ID,NAME,NOTE\n";
  for (int i = 0; i < 5000; ++i) file += std::to_string(i * 7919 % 1000) + ",Ana," + std::to_string(i) + "\n";
  const PlacedSource source = PlacedInMemory(file);
  auto order = RowOrder::Find(People(), source, {}, 64);
  ASSERT_TRUE(order);
  ASSERT_TRUE(order->has_value());
  EXPECT_EQ((*order)->records(), 1000u);
  RecordReader reader(People(), source, **std::move(order));
  const std::vector<std::string> records = Records(reader);
  ASSERT_EQ(records.size(), 1000u);
  EXPECT_EQ(records.at(1), R"(3 {"id":"919","name":"Ana","row":[{"note":"1"},{"note":"1001"},{"note":"2001"},)"
                           R"({"note":"3001"},{"note":"4001"}]})");
}

TEST(CsvRowsApart, AreNothingInAFileThatIsGrouped) {
  const auto order = RowOrder::Find(People(), PlacedInMemory("ID,NAME,NOTE\n1,A,a\n1,A,b\n2,B,b\n"), {});
  ASSERT_TRUE(order);
  EXPECT_FALSE(order->has_value());
}

TEST(CsvLimits, HoldAHeaderWithTooManyColumns) {
  EXPECT_EQ(ReadAll(People(), "ID" + std::string(20'000, ','), 1 << 14).error, "record-header line 1");
}

}  // namespace
}  // namespace throughline::formats
