// What the sink keeps is what comparing with every row keeps, in the same order.
#include "fhir/search/row_sink.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "fhir/search/row_json.h"

namespace throughline::search {
namespace {

std::string Printed(const std::vector<IndexRow>& rows) {
  std::string text;
  for (const IndexRow& row : rows) {
    WriteRow(row, {}, text);
    text += '\n';
  }
  return text;
}

void AddByComparing(IndexRow row, std::vector<IndexRow>& rows) {
  if (std::ranges::find(rows, row) == rows.end()) rows.push_back(std::move(row));
}

void AddTextByComparing(const std::string& text, std::vector<IndexRow>& rows) {
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    auto* held = std::get_if<String>(&row->value);
    if (row->parameter != "code:text" || held == nullptr) continue;
    if (held->folded.starts_with(text)) return;
    if (!text.starts_with(held->folded)) continue;
    *held = {text, text};
    return;
  }
  rows.push_back({"code:text", String{text, text}});
}

TEST(RowSink, KeepsEachValueOnceAndTheLongestText) {
  std::mt19937 random(1);
  const auto text = [&](std::size_t most) {
    std::string made(1 + random() % most, 'a');
    for (char& c : made) c = static_cast<char>('a' + random() % 2);
    return made;
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<IndexRow> kept = {{"before", Uri{"x"}}};
    std::vector<IndexRow> wanted = kept;
    RowSink sink{definitions::R4(), {}, {}, "code", kept};
    for (int i = 0; i < 60; ++i) {
      const std::string one = text(6);
      const Token token{text(2), one, one};
      sink.Add(token);
      AddByComparing({"code", token}, wanted);
      sink.AddFor("of-type", token);
      AddByComparing({"code:of-type", token}, wanted);
      const Composite composite{{{"", token}, {"", Uri{text(2)}}}};
      sink.Add(composite);
      AddByComparing({"code", composite}, wanted);
      const std::string words = text(8);
      sink.AddText(words);
      AddTextByComparing(words, wanted);
    }
    ASSERT_EQ(Printed(kept), Printed(wanted)) << round;
  }
}

}  // namespace
}  // namespace throughline::search
