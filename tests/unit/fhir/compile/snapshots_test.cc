#include "fhir/compile/snapshots.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/build.h"
#include "fhir/json/parse.h"

namespace throughline::compile {
namespace {

constexpr std::string_view kBase = "http://hl7.org/fhir/StructureDefinition/";
constexpr std::string_view kTried = "http://example.org/tried";

std::string Canonical(std::string_view name) {
  return name.find('/') == std::string_view::npos ? std::string(kBase) + std::string(name) : std::string(name);
}

json::Value ToDefinition(const json::Value& row, std::string_view url, json::Arena& arena) {
  json::ObjectBuilder differential(arena);
  differential.Add("element", row.Get("differential"));
  json::ObjectBuilder definition(arena);
  const std::string_view type = row.Get("type").text();
  definition.AddString("resourceType", "StructureDefinition");
  definition.AddString("url", url);
  definition.AddString("kind", "resource");
  definition.AddString("derivation", "constraint");
  definition.AddString("type", type.empty() ? row.Get("base").text() : type);
  definition.AddString("baseDefinition", Canonical(row.Get("base").text()));
  definition.Add("differential", differential.Build());
  return definition.Build();
}

std::string CountText(std::uint16_t count) { return count == definitions::kUnbounded ? "*" : std::to_string(count); }

// "Patient.identifier:a 0..1 Identifier open(value:system)".
std::string ToLine(const ElementRules& element) {
  constexpr std::array<std::string_view, 4> kRules = {"", "open", "closed", "openAtEnd"};
  constexpr std::array<std::string_view, 5> kTypes = {"value", "exists", "pattern", "type", "profile"};
  std::string line = element.id + " " + CountText(*element.min) + ".." + CountText(*element.max);
  std::string_view before = " ";
  for (const TypeRules& type : element.types) {
    line.append(before).append(type.code);
    if (!type.profiles.empty()) {
      line.append("(").append(type.profiles[0]).append(")");
    }
    before = "|";
  }
  if (element.slicing) {
    line.append(" ").append(kRules.at(static_cast<std::size_t>(element.slicing->rules)));
    for (const DiscriminatorRules& rule : element.slicing->discriminators) {
      line.append("(").append(kTypes.at(static_cast<std::size_t>(rule.type))).append(":").append(rule.path).append(")");
    }
    line.append(element.slicing->ordered ? " ordered" : "");
  }
  return line;
}

std::vector<std::string> LinesUnder(const ProfileDraft& draft, std::string_view id) {
  std::vector<std::string> lines;
  for (const ElementRules& element : draft.elements) {
    if (element.id.starts_with(id) &&
        (element.id.size() == id.size() || element.id[id.size()] == '.' || element.id[id.size()] == ':')) {
      lines.push_back(ToLine(element));
    }
  }
  return lines;
}

void RunCase(const json::Value& row) {
  json::Arena arena;
  Input input;
  input.below = &definitions::R4();
  input.resources.push_back(ToDefinition(row, kTried, arena));
  for (const json::Value& other : row.Get("others").items()) {
    input.resources.push_back(ToDefinition(other, other.Get("url").text(), arena));
  }
  Snapshots snapshots(input);
  const auto found = snapshots.Find(kTried);
  const std::string_view error = row.Get("error").text();
  if (!error.empty()) {
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().kind, ErrorKind::kInvalid);
    EXPECT_NE(found.error().message.find(error), std::string::npos) << found.error().message;
    return;
  }
  ASSERT_TRUE(found) << found.error().message;
  std::vector<std::string> expected;
  for (const json::Value& line : row.Get("expect").items()) {
    expected.emplace_back(line.text());
  }
  EXPECT_EQ(LinesUnder(**found, row.Get("under").text()), expected);
}

TEST(Snapshots, AreGeneratedAsTheTableSays) {
  std::ifstream in(std::string(THROUGHLINE_SOURCE_DIR) + "/tests/cases/compile/snapshots.json", std::ios::binary);
  const auto table = json::ParseDocument(std::string(std::istreambuf_iterator<char>(in), {}));
  ASSERT_TRUE(table) << table.error().message;
  ASSERT_FALSE(table->root.items().empty());
  for (const json::Value& row : table->root.items()) {
    SCOPED_TRACE(std::string(row.Get("name").text()));
    RunCase(row);
  }
}

}  // namespace
}  // namespace throughline::compile
