// docs/mapping.md, held against the engine. A ```yaml block is a whole map; the blocks behind it belong to it:
//   a title with a dot (```csv codes/sex.csv, ```yaml base.yaml) is a file beside the map;
//   `error`: what `map check` says of a map that is refused; `check`: of one that is not; `test`: what `map test` says;
//   `input` (a record): `fhir` is what becomes of it, `ledger` its losses, `bundle` what `map run` writes;
//   `file` (a whole file, of which `fhir` and `ledger` tell) comes back cell for cell, or as `local`;
//   `given` (resources) stands in the place of `input`, when only the way back is shown;
//   `local` is the record that comes back, where it is not the input itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "fhir/validate/validate.h"
#include "mappings/engine/to_fhir.h"
#include "mappings/engine/to_local.h"
#include "mappings/formats/record_reader.h"
#include "mappings/formats/record_writer.h"
#include "mappings/language/error_report.h"
#include "mappings/language/load_map.h"
#include "mappings/review/check_report.h"
#include "mappings/review/laws.h"
#include "tests/unit/mappings/support.h"

namespace throughline::review {
namespace {

using engine::AppendLedgerLines;
using engine::LedgerHeader;
using engine::LedgerRow;
using engine::Mapped;
using engine::MappedResource;
using engine::SourceResource;
using engine::ToFhir;
using engine::ToLocal;
using engine::Unmapped;
using engine::Verdict;
using language::FileReader;
using language::LoadMap;
using language::MapErrorText;
using plan::Map;

struct Block {
  std::size_t line = 0;
  std::string language;
  std::string title;
  std::string text;
};

struct Example {
  Block map;
  std::vector<Block> blocks;
};

// One record on its way, by the titles of its blocks.
using Case = std::map<std::string, std::string>;

std::vector<Block> ReadBlocks() {
  std::vector<Block> blocks;
  std::istringstream lines(ReadWholeFile(THROUGHLINE_SOURCE_DIR "/docs/mapping.md"));
  bool inside = false;
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.starts_with("```")) {
      inside = !inside;
      if (!inside) continue;
      const std::size_t blank = std::min(line.find(' '), line.size());
      blocks.push_back({number, line.substr(3, blank - 3), line.substr(std::min(blank + 1, line.size())), ""});
    } else if (inside) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

std::vector<Example> ReadExamples() {
  std::vector<Example> examples;
  for (Block& block : ReadBlocks()) {
    if (block.language == "yaml" && block.title.empty()) {
      examples.push_back({std::move(block), {}});
    } else if (!examples.empty() && !block.title.empty()) {
      examples.back().blocks.push_back(std::move(block));
    }
  }
  return examples;
}

bool IsFile(const Block& block) { return block.title.find('.') != std::string::npos; }

// The resource's name in the map for an id: "person", "problem.CHILDCARE", "problem.visit.0".
class NameIds : public IdSource {
 public:
  std::string Fresh() override { return "fresh"; }
  std::string ForKey(std::string_view, std::string_view, std::string_view name) const override {
    std::string id(name);
    std::erase(id, ']');
    std::ranges::replace_if(
        id, [](char byte) { return byte == '[' || byte == '/'; }, '.');
    return id;
  }
};

bool IsUuid(std::string_view text) {
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() < kShape.size()) return false;
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const bool digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (kShape[i] == '-' ? text[i] != '-' : !digit) return false;
  }
  return true;
}

std::string WithoutIds(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const bool id = IsUuid(text);
    out.push_back(id ? '#' : text.front());
    text.remove_prefix(id ? 36 : 1);
  }
  return out;
}

json::Value Parsed(const std::string& text, json::Arena& arena) {
  const auto value = json::Parse(text, arena);
  EXPECT_TRUE(value) << text;
  return value ? *value : json::Value();
}

// Resources, a line each, of an array or of one alone.
std::string Lines(const json::Value& value) {
  if (!value.is_array()) return json::ToString(value) + "\n";
  std::string lines;
  for (const json::Value& item : value.items()) lines += json::ToString(item) + "\n";
  return lines;
}

class MappingPage : public testing::TestWithParam<Example> {
 protected:
  Result<std::string> Read(std::string_view name) const {
    if (name == "map.yaml") return GetParam().map.text;
    for (const Block& block : GetParam().blocks) {
      if (IsFile(block) && block.title == name) return block.text;
    }
    return MakeError(ErrorKind::kNotFound, "file", "no such file");
  }
  FileReader reader() const {
    return [this](std::string_view name) { return Read(name); };
  }

  std::vector<Case> Cases() const {
    std::vector<Case> cases;
    for (const Block& block : GetParam().blocks) {
      if (IsFile(block) || block.title == "error" || block.title == "check" || block.title == "test") continue;
      if (block.title == "input" || block.title == "given" || block.title == "file") cases.emplace_back();
      EXPECT_FALSE(cases.empty()) << "line " << block.line << ": no input stands before this";
      if (!cases.empty()) cases.back().emplace(block.title, block.text);
    }
    return cases;
  }

  const std::string* Text(std::string_view title) const {
    for (const Block& block : GetParam().blocks) {
      if (block.title == title) return &block.text;
    }
    return nullptr;
  }
};

std::string LedgerOf(const std::string& key, const std::vector<LedgerRow>& rows) {
  if (rows.empty()) return "";
  std::string text(LedgerHeader());
  AppendLedgerLines(key, rows, text);
  std::erase(text, '\r');
  return text;
}

void CheckBack(const Map& map, const Case& shown, const std::vector<SourceResource>& sources, json::Arena& arena) {
  const Unmapped back = ToLocal(map, sources, arena);
  const bool other = shown.contains("local");
  const json::Value wanted = Parsed(shown.at(other ? "local" : "input"), arena);
  EXPECT_EQ(json::ToString(back.record), json::ToString(wanted));
  const auto ledger = shown.find("ledger");
  if (shown.contains("given")) {
    EXPECT_EQ(LedgerOf(back.key, back.ledger), ledger == shown.end() ? "" : ledger->second);
  }
}

void CheckGiven(const Map& map, const Case& shown) {
  json::Arena arena;
  const json::Value given = Parsed(shown.at("given"), arena);
  std::vector<SourceResource> sources;
  for (const json::Value& resource : given.items()) sources.push_back({{}, resource});
  if (!given.is_array()) sources.push_back({{}, given});
  CheckBack(map, shown, sources, arena);
}

void CheckInput(const Map& map, const Case& shown) {
  json::Arena arena;
  const json::Value record = Parsed(shown.at("input"), arena);
  const Mapped mapped = ToFhir(map, record, NameIds(), arena);
  std::string fhir;
  std::vector<SourceResource> sources;
  for (const MappedResource& resource : mapped.resources) {
    fhir += json::ToString(resource.body) + "\n";
    sources.push_back({{}, resource.body});
    EXPECT_FALSE(HasErrors(validate::Check(resource.body, definitions::R4()))) << resource.place;
  }
  EXPECT_EQ(fhir, shown.contains("fhir") ? Lines(Parsed(shown.at("fhir"), arena)) : "");
  EXPECT_EQ(LedgerOf(mapped.key, mapped.ledger), shown.contains("ledger") ? shown.at("ledger") : "");
  if (!mapped.resources.empty()) CheckBack(map, shown, sources, arena);
  if (!shown.contains("bundle")) return;
  const auto bundle = RunToFhir(map, json::ToString(record), TestIds());
  ASSERT_TRUE(bundle);
  EXPECT_EQ(WithoutIds(*bundle), WithoutIds(Lines(Parsed(shown.at("bundle"), arena))));
}

void CheckFile(const Map& map, const Case& shown) {
  const std::string& file = shown.at("file");
  const auto envelope = formats::ReadEnvelope(map.format(), formats::FromMemory(file), {});
  ASSERT_TRUE(envelope);
  std::string back;
  std::string fhir;
  std::string ledger;
  formats::RecordWriter writer(map.format(), *envelope, [&](std::string_view bytes) -> Result<void> {
    back.append(bytes);
    return {};
  });
  ASSERT_TRUE(writer.Begin());
  formats::RecordReader reader(map.format(), formats::FromMemory(file));
  for (;;) {
    json::Arena arena;
    const auto record = reader.Next(arena);
    ASSERT_TRUE(record);
    if (!record->has_value()) break;
    const Mapped mapped = ToFhir(map, (*record)->value, NameIds(), arena);
    AppendLedgerLines(mapped.key, mapped.ledger, ledger);
    std::vector<SourceResource> sources;
    for (const MappedResource& resource : mapped.resources) {
      fhir += json::ToString(resource.body) + "\n";
      sources.push_back({{}, resource.body});
      EXPECT_TRUE(validate::Check(resource.body, definitions::R4()).empty()) << resource.place;
    }
    if (mapped.verdict == Verdict::kMapped) {
      ASSERT_TRUE(writer.Write(ToLocal(map, sources, arena).record));
    }
  }
  json::Arena arena;
  std::erase(ledger, '\r');
  if (!ledger.empty()) ledger = "record,field,path,kind,reason\n" + ledger;
  EXPECT_EQ(ledger, shown.contains("ledger") ? shown.at("ledger") : "");
  EXPECT_EQ(back, shown.at(shown.contains("local") ? "local" : "file"));
  if (shown.contains("fhir")) {
    EXPECT_EQ(fhir, Lines(Parsed(shown.at("fhir"), arena)));
  }
}

TEST_P(MappingPage, SaysWhatTheEngineDoes) {
  const auto map = LoadMap("map.yaml", reader(), definitions::R4());
  if (const std::string* error = Text("error")) {
    ASSERT_FALSE(map);
    EXPECT_EQ(MapErrorText(map.error()), *error);
    return;
  }
  ASSERT_TRUE(map) << MapErrorText(map.error());
  if (const std::string* check = Text("check")) {
    EXPECT_EQ(CheckReportText(*map), *check);
  }
  if (const std::string* test = Text("test")) {
    const auto report = TestMap(*map, reader(), definitions::R4(), TestIds(), {.generate = 100, .seed = 1});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(TestReportText(*map, *report), *test);
  }
  for (const Case& shown : Cases()) {
    if (shown.contains("given")) {
      CheckGiven(*map, shown);
    } else if (shown.contains("file")) {
      CheckFile(*map, shown);
    } else {
      CheckInput(*map, shown);
    }
  }
}

TEST(MappingPageBlocks, AreMapsAndTheirRecords) {
  const std::vector<std::string> titles = {"error",  "check",  "test",  "input", "fhir",
                                           "ledger", "bundle", "given", "local", "file"};
  std::size_t pairs = 0;
  for (const Example& example : ReadExamples()) {
    EXPECT_TRUE(example.map.text.starts_with("map:")) << "line " << example.map.line << ": not a whole map";
    for (const Block& block : example.blocks) {
      EXPECT_TRUE(IsFile(block) || std::ranges::find(titles, block.title) != titles.end())
          << "line " << block.line << ": '" << block.title << "' is no title of a block";
      pairs += block.title == "fhir" ? 1u : 0u;
    }
  }
  EXPECT_GT(pairs, 0u);
}

const auto kName = [](const auto& given) {
  std::string name = given.param.map.text.substr(5, given.param.map.text.find('\n') - 5);
  std::ranges::replace(name, '-', '_');
  return name;
};
INSTANTIATE_TEST_SUITE_P(Examples, MappingPage, testing::ValuesIn(ReadExamples()), kName);

}  // namespace
}  // namespace throughline::review
