#include "fhir/rest/preconditions.h"

#include <gtest/gtest.h>

#include <string>

namespace throughline::rest {
namespace {

TEST(ETag, IsReadAsItIsWritten) {
  EXPECT_EQ(ETag(3), "W/\"3\"");
  EXPECT_EQ(ParseETag(ETag(9'223'372'036'854'775'807)), 9'223'372'036'854'775'807);
  EXPECT_EQ(ParseETag("\"12\""), 12);
}

TEST(ETag, IsRefusedWhenItIsNotOurs) {
  for (const char* text : {"", "3", "W/3", "W/\"\"", "W/\"0\"", "W/\"-1\"", "W/\"+1\"", "W/\"01\"", "W/\"1", "w/\"1\"",
                           "W/\"a\"", "W/\"1\"x", "W/ \"1\"", "\"", "W/\"9223372036854775808\"", "W/\"1.0\""}) {
    EXPECT_FALSE(ParseETag(text)) << text;
  }
}

TEST(VersionSet, IsAListOrAStar) {
  const Result<VersionSet> set = ParseVersionSet(" W/\"1\" , \"4\"");
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->Holds(4));
  EXPECT_FALSE(set->Holds(2));
  EXPECT_FALSE(set->Holds(std::nullopt));
  const Result<VersionSet> star = ParseVersionSet("*");
  ASSERT_TRUE(star);
  EXPECT_TRUE(star->Holds(7));
  EXPECT_FALSE(star->Holds(std::nullopt));
}

TEST(VersionSet, IsRefusedWithGarbage) {
  std::string many = "\"1\"";
  for (int i = 0; i < 32; ++i) many += ",\"1\"";
  for (const std::string& text :
       {std::string(), std::string("garbage"), std::string("W/\"1\","), std::string("*,*"), many}) {
    const Result<VersionSet> set = ParseVersionSet(text);
    ASSERT_FALSE(set) << text;
    EXPECT_EQ(set.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(set.error().issues.at(0).rule, "etag");
  }
}

TEST(IfMatch, AsksForTheCurrentVersion) {
  EXPECT_TRUE(CheckIfMatch("W/\"2\"", 2));
  const Result<void> stale = CheckIfMatch("W/\"1\"", 2);
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().kind, ErrorKind::kPrecondition);
  EXPECT_EQ(CheckIfMatch("W/\"1\"", std::nullopt).error().kind, ErrorKind::kPrecondition);
  EXPECT_EQ(CheckIfMatch("one", 1).error().kind, ErrorKind::kInvalid);
}

TEST(IfNoneMatch, SaysWhenTheClientHasIt) {
  EXPECT_TRUE(*NotModified("W/\"2\"", 2));
  EXPECT_FALSE(*NotModified("W/\"1\"", 2));
  EXPECT_TRUE(*NotModified("*", 2));
  EXPECT_FALSE(NotModified("garbage", 2));
}

}  // namespace
}  // namespace throughline::rest
