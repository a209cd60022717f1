#include "mappings/formats/record_writer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "fhir/json/parse.h"
#include "mappings/formats/record_reader.h"

namespace throughline::formats {
namespace {

std::string Sample() {
  std::ifstream file(
      std::string(THROUGHLINE_SOURCE_DIR) + "/mappings/library/sta-aurelia-discharge/samples/hospital_discharge.json",
      std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Reads a file and writes it again.
std::string Rewritten(const RecordFormat& format, const std::string& file) {
  const auto envelope = ReadEnvelope(format, FromMemory(file), {});
  std::string out;
  RecordWriter writer(format, envelope ? *envelope : "", [&out](std::string_view bytes) -> Result<void> {
    out.append(bytes);
    return {};
  });
  EXPECT_TRUE(writer.Begin());
  RecordReader reader(format, FromMemory(file));
  json::Arena arena;
  for (auto record = reader.Next(arena); record && record->has_value(); record = reader.Next(arena)) {
    EXPECT_TRUE(writer.Write((*record)->value));
  }
  EXPECT_TRUE(writer.End());
  return out;
}

TEST(RecordWriter, WritesTheHospitalsFileByteForByte) {
  const std::string sample = Sample();
  ASSERT_FALSE(sample.empty());
  std::string written = Rewritten({Syntax::kJson, "discharges.*", 1}, sample);
  ASSERT_TRUE(written.ends_with('\n'));
  if (!sample.ends_with('\n')) written.pop_back();
  EXPECT_EQ(written, sample);
}

TEST(RecordWriter, WritesOneLineWithoutIndent) {
  const std::string file = R"({"a":[1,{"b":2}],"d":[{"x":1},[]],"z":0})";
  EXPECT_EQ(Rewritten({Syntax::kJson, "d.*", -1}, file), file);
  EXPECT_EQ(Rewritten({Syntax::kJson, "*", -1}, "[1,2]"), "[1,2]");
  EXPECT_EQ(Rewritten({Syntax::kJson, "", -1}, R"({"a":1})"), R"({"a":1})");
}

TEST(RecordWriter, WritesALineARecord) {
  const std::string file = "{\"a\":1}\n{\"a\":2}\n";
  EXPECT_EQ(Rewritten({Syntax::kNdjson, "", -1}, file), file);
}

TEST(RecordWriter, MakesTheSmallestEnvelopeWhenThereIsNone) {
  const auto record = json::ParseDocument("1");
  const auto file = WriteOne({Syntax::kJson, "a.b.*", -1}, "", record->root);
  ASSERT_TRUE(file);
  EXPECT_EQ(*file, R"({"a":{"b":[1]}})");
}

TEST(RecordWriter, RefusesAnEnvelopeWithoutAPlace) {
  const auto record = json::ParseDocument("1");
  EXPECT_FALSE(WriteOne({Syntax::kJson, "b.*", -1}, "{", record->root));
  for (const std::string envelope : {R"({"a":1})", R"({"b":{}})", R"({"b":[1]})"}) {
    const auto written = WriteOne({Syntax::kJson, "b.*", -1}, envelope, record->root);
    ASSERT_FALSE(written) << envelope;
    EXPECT_EQ(written.error().issues.at(0).rule, "record-envelope");
  }
}

}  // namespace
}  // namespace throughline::formats
