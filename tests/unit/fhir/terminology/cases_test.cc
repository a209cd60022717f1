#include <gtest/gtest.h>

#include <charconv>
#include <string>
#include <vector>

#include "fhir/json/write.h"
#include "fhir/terminology/external.h"
#include "tests/unit/fhir/terminology/example.h"

namespace throughline::terminology {
namespace {

using json::Value;

std::string TextOf(const Value& row) {
  std::string text;
  json::Write(row, text);
  return text;
}

Coding ToCoding(const Value& row) {
  return {row.Get("system").text(), row.Get("version").text(), row.Get("code").text()};
}

std::string Said(Answer answer, Reason reason) {
  return std::string(WordOf(answer)).append(reason == Reason::kNone ? "" : " ").append(WordOf(reason));
}

std::string Wanted(const Value& row) {
  const std::string_view reason = row.Get("reason").text();
  return std::string(row.Get("answer").text()).append(reason.empty() ? "" : " ").append(reason);
}

TEST(MemberOf, HoldsInEveryCase) {
  const json::Document table = ReadCases("members.json");
  for (const Value& row : table.root.Get("cases").items()) {
    const Verdict verdict = Examples().MemberOf(row.Get("set").text(), ToCoding(row));
    EXPECT_EQ(Said(verdict.answer, verdict.reason), Wanted(row)) << TextOf(row);
  }
}

ExpandOptions OptionsOf(const Value& row) {
  ExpandOptions options;
  const auto count = [&](std::string_view name, std::size_t otherwise) {
    const std::string_view text = row.Get("options").Get(name).text();
    std::from_chars(text.data(), text.data() + text.size(), otherwise);
    return otherwise;
  };
  options.offset = count("offset", options.offset);
  options.count = count("count", options.count);
  options.limit = count("limit", options.limit);
  options.selectable_only = !row.Get("options").Get("groupers").boolean();
  options.active_only = row.Get("options").Get("active").boolean();
  options.deprecated = row.Get("options").Find("deprecated") == nullptr;
  return options;
}

TEST(Expand, HoldsInEveryCase) {
  const json::Document table = ReadCases("expansions.json");
  for (const Value& row : table.root.Get("cases").items()) {
    const auto expansion = Examples().Expand(row.Get("set").text(), OptionsOf(row));
    ASSERT_TRUE(expansion) << TextOf(row);
    std::vector<std::string> codes;
    for (const Concept& one : expansion->concepts) {
      codes.emplace_back(one.code);
    }
    std::vector<std::string> wanted;
    for (const Value& code : row.Get("codes").items()) {
      wanted.emplace_back(code.text());
    }
    EXPECT_EQ(codes, wanted) << TextOf(row);
    EXPECT_EQ(WordOf(expansion->reason), row.Get("reason").text()) << TextOf(row);
    if (row.Find("total") != nullptr) {
      EXPECT_EQ(std::to_string(expansion->total), row.Get("total").text()) << TextOf(row);
    }
  }
}

TEST(Expand, DoesNotFindASetThatIsNotLoaded) {
  const auto expansion = Examples().Expand("http://example.org/nowhere");
  ASSERT_FALSE(expansion);
  EXPECT_EQ(expansion.error().kind, ErrorKind::kNotFound);
}

TEST(Find, HoldsInEveryCase) {
  const json::Document table = ReadCases("codes.json");
  for (const Value& row : table.root.Get("cases").items()) {
    const CodeVerdict verdict = Examples().Find(ToCoding(row));
    EXPECT_EQ(Said(verdict.answer, verdict.reason), Wanted(row)) << TextOf(row);
    if (verdict.answer == Answer::kYes) {
      EXPECT_EQ(verdict.found.display, row.Get("display").text()) << TextOf(row);
      EXPECT_EQ(verdict.found.code, row.Get(row.Find("found") == nullptr ? "code" : "found").text());
    }
  }
}

TEST(Subsumes, HoldsInEveryCase) {
  const json::Document table = ReadCases("subsumes.json");
  for (const Value& row : table.root.Get("cases").items()) {
    const Subsumption found = Examples().Subsumes(row.Get("system").text(), row.Get("a").text(), row.Get("b").text());
    EXPECT_EQ(CodeOf(found), row.Get("outcome").text()) << TextOf(row);
  }
}

TEST(IsDisplayOf, HoldsInEveryCase) {
  const json::Document table = ReadCases("displays.json");
  for (const Value& row : table.root.Get("cases").items()) {
    const Coding coding{"http://example.org/colours", {}, row.Get("code").text()};
    EXPECT_EQ(WordOf(Examples().IsDisplayOf(coding, row.Get("display").text())), row.Get("answer").text())
        << TextOf(row);
  }
}

TEST(Translate, HoldsInEveryCase) {
  const json::Document table = ReadCases("translations.json");
  for (const Value& row : table.root.Get("cases").items()) {
    const auto direction = row.Get("reverse").boolean() ? Direction::kReverse : Direction::kForward;
    const auto found = Examples().Translate(row.Get("map").text(), ToCoding(row), direction);
    if (!found) {
      EXPECT_EQ(found.error().issues.at(0).rule, row.Get("error").text()) << TextOf(row);
      continue;
    }
    std::vector<std::string> targets;
    for (const Translation& one : *found) {
      targets.push_back(std::string(CodeOf(one.equivalence)) + " " + std::string(one.target.system) + " " +
                        std::string(one.target.code) + (one.conditional ? ", conditional" : ""));
    }
    std::vector<std::string> wanted;
    for (const Value& target : row.Get("targets").items()) {
      wanted.emplace_back(target.text());
    }
    EXPECT_EQ(targets, wanted) << TextOf(row);
  }
}

TEST(Grammars, HoldInEveryCase) {
  const json::Document table = ReadCases("grammars.json");
  for (const Value& row : table.root.Get("cases").items()) {
    const std::string_view code = row.Get("code").text();
    const bool valid = row.Get("grammar").text() == "mime" ? IsMimeType(code) : IsLanguageTag(code);
    EXPECT_EQ(valid, row.Get("valid").boolean()) << TextOf(row);
  }
}

TEST(HasOneSystem, TellsWhatACodeAloneMeans) {
  const Terminology& terminology = Examples();
  EXPECT_EQ(terminology.HasOneSystem("http://example.org/is-a"), Answer::kYes);
  EXPECT_EQ(terminology.HasOneSystem("http://example.org/nested"), Answer::kYes);
  EXPECT_EQ(terminology.HasOneSystem("http://example.org/elsewhere"), Answer::kNo);
  EXPECT_EQ(terminology.HasOneSystem("http://example.org/nowhere"), Answer::kUnknown);
}

}  // namespace
}  // namespace throughline::terminology
