#include "fhir/json/value.h"

#include <gtest/gtest.h>

#include <string>

#include "fhir/json/build.h"
#include "fhir/json/parse.h"
#include "fhir/json/write.h"

namespace throughline::json {
namespace {

TEST(Value, AnswersEmptyWhenReadAsTheWrongKind) {
  const Value null;
  EXPECT_EQ(null.text(), "");
  EXPECT_FALSE(null.boolean());
  EXPECT_TRUE(null.items().empty());
  EXPECT_TRUE(null.members().empty());
  EXPECT_EQ(null.Find("x"), nullptr);
  EXPECT_TRUE(Value::String("x").Get("x").is_null());
  EXPECT_EQ(Value::String("xyz").size(), 0u);
  EXPECT_FALSE(Value::String("xyz").boolean());
}

TEST(Value, FindsMembersByName) {
  const Result<Document> document = ParseDocument(R"({"":0,"a":1,"ab":2,"ba":3})");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root.Get("").text(), "0");
  EXPECT_EQ(document->root.Get("ba").text(), "3");
  EXPECT_EQ(document->root.Find("abc"), nullptr);
}

bool EqualTexts(std::string_view a, std::string_view b) {
  const Result<Document> left = ParseDocument(a);
  const Result<Document> right = ParseDocument(b);
  EXPECT_TRUE(left && right);
  return Equal(left->root, right->root) && Equal(right->root, left->root);
}

TEST(Equal, ComparesByContent) {
  EXPECT_TRUE(EqualTexts(R"({"a":1,"b":[true,null]})", R"({"b":[true,null],"a":1})"));
  EXPECT_FALSE(EqualTexts(R"({"a":1,"b":2})", R"({"a":1,"c":2})"));
  EXPECT_FALSE(EqualTexts(R"({"a":1})", R"({"a":1,"b":2})"));
  EXPECT_FALSE(EqualTexts("[1,2]", "[2,1]"));
  EXPECT_FALSE(EqualTexts("1.0", "1.00"));
  EXPECT_FALSE(EqualTexts("\"1\"", "1"));
  EXPECT_FALSE(EqualTexts("{}", "[]"));
}

TEST(Equal, ComparesWideObjectsInAnyOrder) {
  std::string forward;
  std::string backward;
  for (int i = 0; i < 100; ++i) {
    const std::string member = "\"m" + std::to_string(i) + "\":" + std::to_string(i);
    forward += (i == 0 ? "" : ",") + member;
    backward = member + (i == 0 ? "" : ",") + backward;
  }
  EXPECT_TRUE(EqualTexts("{" + forward + "}", "{" + backward + "}"));
  EXPECT_FALSE(EqualTexts("{" + forward + ",\"x\":1}", "{" + backward + ",\"y\":1}"));
}

TEST(Clone, LivesInTheOtherArena) {
  Arena kept;
  Value copy;
  {
    const Result<Document> document = ParseDocument(R"({"a":[1.50,"x",null,{"b":false}]})");
    ASSERT_TRUE(document);
    copy = Clone(document->root, kept);
  }
  EXPECT_EQ(ToString(copy), R"({"a":[1.50,"x",null,{"b":false}]})");
}

TEST(Builder, MakesWhatWasAdded) {
  Arena arena;
  ArrayBuilder items(arena);
  items.Add(Value::Boolean(true));
  items.Add(Value());
  ObjectBuilder object(arena);
  object.AddString("text", "a\"b");
  object.AddInteger("number", -12);
  object.AddBoolean("flag", false);
  object.Add("items", items.Build());
  EXPECT_EQ(ToString(object.Build()), R"({"text":"a\"b","number":-12,"flag":false,"items":[true,null]})");
  EXPECT_TRUE(object.empty());
  EXPECT_TRUE(items.empty());
}

TEST(With, ReplacesInPlaceOrAppends) {
  Arena arena;
  const Result<Document> document = ParseDocument(R"({"a":1,"b":2})");
  ASSERT_TRUE(document);
  const Value value = Value::Boolean(true);
  EXPECT_EQ(ToString(With(document->root, "a", value, arena)), R"({"a":true,"b":2})");
  EXPECT_EQ(ToString(With(document->root, "c", value, arena)), R"({"a":1,"b":2,"c":true})");
  EXPECT_EQ(ToString(Without(document->root, "a", arena)), R"({"b":2})");
  EXPECT_EQ(ToString(Without(document->root, "x", arena)), R"({"a":1,"b":2})");
}

TEST(Write, IndentsWhereAsked) {
  const Result<Document> document = ParseDocument(R"({"a":[1,{}],"b":[]})");
  ASSERT_TRUE(document);
  EXPECT_EQ(ToString(document->root, {.indent = 2}), "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}

TEST(Write, AppendsAndEscapes) {
  std::string out = "x=";
  WriteString("0123456789abcdef\x01\x1f\"\\\b\f\n\r\t~\x7f\xC3\xA9", out);
  EXPECT_EQ(out, "x=\"0123456789abcdef\\u0001\\u001F\\\"\\\\\\b\\f\\n\\r\\t~\x7f\xC3\xA9\"");
  WriteString("", out);
  EXPECT_EQ(out.substr(out.size() - 3), "\"\"\"");
}

TEST(Write, GrowsWithALongString) {
  const std::string text(100'000, '"');
  std::string out;
  WriteString(text, out);
  EXPECT_EQ(out.size(), 2 * text.size() + 2);
}

TEST(Arena, AlignsAndKeepsWhatItGave) {
  Arena arena(64);
  const std::string_view first = arena.Copy("first");
  auto* const numbers = arena.Array<double>(1000);
  numbers[999] = 1.5;
  const std::string_view last = arena.Copy("last");
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(numbers) % alignof(double), 0u);
  EXPECT_EQ(first, "first");
  EXPECT_EQ(last, "last");
  EXPECT_EQ(arena.bytes_used(), 5 + 8000 + 4u);
  arena.Reset();
  EXPECT_EQ(arena.bytes_used(), 0u);
  EXPECT_NE(arena.Array<int>(0), nullptr);
}

TEST(Arena, IsEmptyAfterBeingMovedFrom) {
  Arena from;
  const std::string_view text = from.Copy("text");
  Arena to(std::move(from));
  EXPECT_EQ(text, "text");
  EXPECT_EQ(from.bytes_used(), 0u);  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(from.Copy("again"), "again");
}

}  // namespace
}  // namespace throughline::json
