#include "tests/conformance/page.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <utility>

#include "fhir/json/parse.h"

namespace throughline::conformance {
namespace {

constexpr std::string_view kSuitesMark = "<!-- suites\n";
constexpr std::string_view kMissesMark = "<!-- misses -->\n";
constexpr std::string_view kEndMark = "-->\n";

std::filesystem::path Here() { return std::filesystem::path(THROUGHLINE_SOURCE_DIR) / "tests/conformance"; }
std::filesystem::path Page() { return std::filesystem::path(THROUGHLINE_SOURCE_DIR) / "docs/conformance.md"; }

// 11153 -> "11,153"
std::string Grouped(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t place = digits.size(); place > 3;) digits.insert(place -= 3, 1, ',');
  return digits;
}

std::size_t Number(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  std::size_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

// What a suite checks, by the lines "name | words" of page.md.
std::string WordsOf(std::string_view suite, std::string_view lines) {
  const std::string start = std::string(suite) + " | ";
  for (std::size_t from = 0; from < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', from), lines.size());
    const std::string_view line = lines.substr(from, end - from);
    if (line.starts_with(start)) return std::string(line.substr(start.size()));
    from = end + 1;
  }
  return "";
}

std::string Table(const Scores& scores, std::string_view words) {
  std::string table = "| suite | what it checks | passed | floor |\n|---|---|---|---|\n";
  for (const Suite& suite : Suites()) {
    const auto found = scores.find(suite.name);
    if (found == scores.end()) continue;
    table += "| `" + std::string(suite.name) + "` | " + WordsOf(suite.name, words) + " | " +
             Grouped(found->second.passed) + " of " + Grouped(found->second.total) + " | " + Grouped(suite.floor) +
             " |\n";
  }
  return table;
}

// A line a reason, with the cases that it holds for.
std::string ReasonsOf(std::string_view suite) {
  std::vector<Explained> rows = ExplainedMisses(suite);
  std::string text;
  while (!rows.empty()) {
    const Explained first = rows.front();
    std::string names;
    for (const Explained& row : rows) {
      if (row.why == first.why && row.source == first.source) names += (names.empty() ? "`" : ", `") + row.name + "`";
    }
    text += "- " + names + ": " + first.why + (first.source.empty() ? "" : " (" + first.source + ")") + "\n";
    std::erase_if(rows, [&](const Explained& row) { return row.why == first.why && row.source == first.source; });
  }
  return text;
}

std::string Reasons(const Scores& scores) {
  std::string text;
  for (const Suite& suite : Suites()) {
    const auto found = scores.find(suite.name);
    if (found == scores.end()) continue;
    const std::string reasons = ReasonsOf(suite.name);
    const std::size_t missed = found->second.total - found->second.passed;
    if (missed == 0 && reasons.empty()) continue;
    const std::size_t explained = ExplainedMisses(suite.name).size();
    text += "\n### " + std::string(suite.name) + "\n" + Grouped(missed) + " missed, " + Grouped(explained) +
            " explained.\n" + (reasons.empty() ? "" : "\n") + reasons;
  }
  return text;
}

// "testX: gives [2]" is of the case "testX".
bool IsOf(std::string_view miss, std::string_view name) {
  return miss.starts_with(name) && (miss.size() == name.size() || std::string_view(":; ").find(miss[name.size()]) < 3);
}

}  // namespace

std::vector<Explained> ExplainedMisses(std::string_view suite) {
  std::vector<Explained> rows;
  const Result<json::Document> document =
      json::ParseDocument(ReadFile(Here() / "misses" / (std::string(suite) + ".json")));
  if (!document) return rows;
  for (const json::Value& row : document->root.items()) {
    rows.push_back({std::string(row.Get("case").text()), std::string(row.Get("why").text()),
                    std::string(row.Get("source").text())});
  }
  return rows;
}

Judgement Judge(std::string_view suite, const std::vector<std::string>& misses) {
  Judgement judgement;
  const std::vector<Explained> rows = ExplainedMisses(suite);
  for (const std::string& miss : misses) {
    const bool known = std::ranges::any_of(rows, [&](const Explained& row) { return IsOf(miss, row.name); });
    if (!known) judgement.unexplained.push_back(miss);
  }
  for (const Explained& row : rows) {
    const bool missed = std::ranges::any_of(misses, [&](const std::string& miss) { return IsOf(miss, row.name); });
    if (!missed) judgement.stale.push_back(row.name);
  }
  return judgement;
}

std::string ComposePage(const Scores& scores) {
  std::string page = ReadFile(Here() / "page.md");
  const std::size_t from = page.find(kSuitesMark);
  const std::size_t end = page.find(kEndMark, from);
  if (from == std::string::npos || end == std::string::npos) return "";
  const std::string words = page.substr(from + kSuitesMark.size(), end - from - kSuitesMark.size());
  page.replace(from, end + kEndMark.size() - from, Table(scores, words));
  const std::size_t misses = page.find(kMissesMark);
  if (misses != std::string::npos) page.replace(misses, kMissesMark.size(), Reasons(scores));
  return page;
}

std::string PageAsItStands() { return ReadFile(Page()); }

Scores ScoresOf(std::string_view page) {
  Scores scores;
  for (const Suite& suite : Suites()) {
    const std::size_t from = page.find("| `" + std::string(suite.name) + "` | ");
    if (from == std::string_view::npos) continue;
    std::string_view line = page.substr(from, page.find('\n', from) - from);
    line.remove_suffix(std::min<std::size_t>(2, line.size()));         // " |"
    line = line.substr(0, std::min(line.rfind(" | "), line.size()));   // the floor
    line.remove_prefix(std::min(line.rfind(" | ") + 3, line.size()));  // all before the figures
    const std::size_t of = line.find(" of ");
    if (of != std::string_view::npos) {
      scores[std::string(suite.name)] = {Number(line.substr(0, of)), Number(line.substr(of))};
    }
  }
  return scores;
}

bool WritePage(std::string_view page) {
  std::ofstream out(Page(), std::ios::binary);
  out << page;
  return out.good();
}

}  // namespace throughline::conformance
