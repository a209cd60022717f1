#include "fhir/base/shown.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace throughline {
namespace {

TEST(Shown, SpellsOutWhatATerminalActsOn) {
  struct ShownCase {
    std::string_view text;
    std::string_view line;
    std::string_view lines;
  };
  const ShownCase cases[] = {
      {"", "", ""},
      {"plain, Grüße, 名前, 🌱 \\u001b", "plain, Grüße, 名前, 🌱 \\u001b", "plain, Grüße, 名前, 🌱 \\u001b"},
      {"a\x1b[31mb", "a\\u001b[31mb", "a\\u001b[31mb"},
      {"a\rb\a\x7f", "a\\u000db\\u0007\\u007f", "a\\u000db\\u0007\\u007f"},
      {std::string_view("a\0b", 3), "a\\u0000b", "a\\u0000b"},
      {"a\nb\tc\n\n", "a\\u000ab\\u0009c", "a\nb\tc\n\n"},
      {"\n", "", "\n"},
      {"\xC2\x80\xC2\x9B\xC2\x9F\xC2\xA0", "\\u0080\\u009b\\u009f\xC2\xA0", "\\u0080\\u009b\\u009f\xC2\xA0"},
      {"\xE2\x80\xA9\xE2\x80\xAA\xE2\x80\xAE\xE2\x80\xAF", "\xE2\x80\xA9\\u202a\\u202e\xE2\x80\xAF",
       "\xE2\x80\xA9\\u202a\\u202e\xE2\x80\xAF"},
      {"\xE2\x81\xA5\xE2\x81\xA6\xE2\x81\xA9\xE2\x81\xAA", "\xE2\x81\xA5\\u2066\\u2069\xE2\x81\xAA",
       "\xE2\x81\xA5\\u2066\\u2069\xE2\x81\xAA"},
      {"\x9B"
       "31m",
       "\\x9b31m", "\\x9b31m"},
      {"\xC2", "\\xc2", "\\xc2"},
      {"\xC0\x9B\xED\xA0\x80\xF5", "\\xc0\\x9b\\xed\\xa0\\x80\\xf5", "\\xc0\\x9b\\xed\\xa0\\x80\\xf5"},
      {"\xE0\x82\x9B\xF4\x90\x80\x80", "\\xe0\\x82\\x9b\\xf4\\x90\\x80\\x80", "\\xe0\\x82\\x9b\\xf4\\x90\\x80\\x80"},
  };
  for (const ShownCase& one : cases) {
    EXPECT_EQ(ShownLine(one.text), one.line);
    EXPECT_EQ(ShownLines(one.text), one.lines);
  }
}

Issue Saying(std::string text, std::string rule) {
  Issue issue;
  issue.text = std::move(text);
  issue.rule = std::move(rule);
  return issue;
}

TEST(Shown, AnIssueKeepsTheLineOfTheFileAndItsMark) {
  EXPECT_EQ(ShownIssue(Saying("wrong", "")), "wrong");
  EXPECT_EQ(ShownIssue(Saying("wrong\n  3 | a\x1b\tb\n    | ^^", "map-word")),
            "wrong [map-word]\n  3 | a\\u001b\tb\n    | ^^");
  EXPECT_EQ(ShownIssue(Saying("'a\nb' is not known\n  3 | a\n    | ^", "r")),
            "'a\\u000ab' is not known [r]\n  3 | a\n    | ^");
}

TEST(Shown, AnIssueForgesNoLine) {
  EXPECT_EQ(ShownIssue(Saying("'a\nb.json:1:1: error: c' is not known", "r")),
            "'a\\u000ab.json:1:1: error: c' is not known [r]");
  EXPECT_EQ(ShownIssue(Saying("a\nb\nc ^", "r")), "a\\u000ab\\u000ac ^ [r]");
  EXPECT_EQ(ShownIssue(Saying("a\n  ^", "r")), "a\\u000a  ^ [r]");
}

}  // namespace
}  // namespace throughline
