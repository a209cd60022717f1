// The case tables of the validator, and the small profiles that some of them define.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/compile/compile.h"
#include "fhir/definitions/definitions.h"
#include "fhir/json/build.h"
#include "fhir/json/parse.h"
#include "fhir/validate/validate.h"

namespace throughline::validate {

inline std::filesystem::path CaseFolder() { return std::string(THROUGHLINE_SOURCE_DIR) + "/tests/cases/validate"; }

// With what the parser lets through for nobody else: a check may be given values that were never text.
inline json::Document ReadTable(const std::filesystem::path& file) {
  std::ifstream in(CaseFolder() / file, std::ios::binary);
  auto document = json::ParseDocument(std::string(std::istreambuf_iterator<char>(in), {}),
                                      {.number_digits = 100, .control_characters = true});
  EXPECT_TRUE(document) << file;
  return document ? *std::move(document) : json::Document{json::Arena(), {}};
}

// "rule place" of each issue, sorted.
inline std::vector<std::string> Found(const Issues& issues) {
  std::vector<std::string> found;
  for (const Issue& issue : issues) {
    found.push_back(issue.rule + ' ' + issue.expression);
  }
  std::ranges::sort(found);
  return found;
}

inline std::vector<std::string> Texts(const json::Value& list) {
  std::vector<std::string> texts;
  for (const json::Value& text : list.items()) {
    texts.emplace_back(text.text());
  }
  return texts;
}

inline std::vector<std::string> Wanted(const json::Value& row) {
  std::vector<std::string> wanted = Texts(row.Get("issues"));
  std::ranges::sort(wanted);
  return wanted;
}

// The short rows of a table: {"url", "base", "type", "abstract", "context", "contextInvariant", "differential"}.
inline json::Value ToDefinition(const json::Value& row, json::Arena& arena) {
  constexpr std::string_view kBase = "http://hl7.org/fhir/StructureDefinition/";
  const std::string_view base = row.Get("base").text();
  const std::string_view type = row.Get("type").text().empty() ? base : row.Get("type").text();
  json::ObjectBuilder differential(arena);
  differential.Add("element", row.Get("differential"));
  json::ObjectBuilder definition(arena);
  definition.AddString("resourceType", "StructureDefinition");
  definition.AddString("url", row.Get("url").text());
  const definitions::Definitions& r4 = definitions::R4();
  definition.AddString("kind", r4.IsResource(r4.FindType(type)) ? "resource" : "complex-type");
  definition.AddString("derivation", "constraint");
  definition.AddBoolean("abstract", row.Get("abstract").boolean());
  definition.AddString("type", type);
  definition.AddString("baseDefinition",
                       base.find('/') == std::string_view::npos ? std::string(kBase).append(base) : std::string(base));
  for (const std::string_view name : {"context", "contextInvariant"}) {
    if (row.Find(name) != nullptr) {
      definition.Add(name, row.Get(name));
    }
  }
  definition.Add("differential", differential.Build());
  return definition.Build();
}

// R4 with the `definitions` and `resources` of a table above it.
class Layer {
 public:
  explicit Layer(json::Document& table) {
    compile::Input input;
    input.below = &definitions::R4();
    for (const json::Value& row : table.root.Get("definitions").items()) {
      input.resources.push_back(ToDefinition(row, table.arena));
    }
    for (const json::Value& resource : table.root.Get("resources").items()) {
      input.resources.push_back(resource);
    }
    auto blob = compile::Compile(input);
    EXPECT_TRUE(blob) << blob.error().message;
    if (!blob) {
      return;
    }
    blob_ = *std::move(blob);
    auto layered = definitions::R4().With(std::as_bytes(std::span(blob_)));
    EXPECT_TRUE(layered);
    if (layered) {
      layered_ = std::make_unique<definitions::Definitions>(*std::move(layered));
    }
  }

  const definitions::Definitions& get() const { return layered_ == nullptr ? definitions::R4() : *layered_; }

 private:
  std::string blob_;
  std::unique_ptr<definitions::Definitions> layered_;
};

// What a row says of the options of its check.
inline void ReadOptions(const json::Value& row, Options& options) {
  struct Flag {
    std::string_view name;
    bool Options::*flag;
  };
  struct Limit {
    std::string_view name;
    std::size_t Options::*limit;
  };
  constexpr std::array kFlags = {
      Flag{"conditional_references", &Options::conditional_references},
      Flag{"example_urls", &Options::example_urls},
      Flag{"existing_references", &Options::existing_references},
      Flag{"markup", &Options::markup},
      Flag{"unknown_extensions", &Options::unknown_extensions},
      Flag{"unknown_modifiers", &Options::unknown_modifiers},
  };
  constexpr std::array kLimits = {
      Limit{"check_steps", &Options::check_steps},
      Limit{"contained", &Options::contained},
      Limit{"depth", &Options::depth},
      Limit{"issues", &Options::issues},
      Limit{"profile_steps", &Options::profile_steps},
      Limit{"rule_steps", &Options::rule_steps},
      Limit{"string_chars", &Options::string_chars},
  };
  for (const json::Member& option : row.Get("options").members()) {
    const auto* const flag = std::ranges::find(kFlags, option.name, &Flag::name);
    const auto* const limit = std::ranges::find(kLimits, option.name, &Limit::name);
    ASSERT_TRUE(flag != kFlags.end() || limit != kLimits.end()) << option.name;
    if (flag != kFlags.end()) {
      options.*(flag->flag) = option.value.boolean();
    } else {
      const std::string_view text = option.value.text();
      std::from_chars(text.data(), text.data() + text.size(), options.*(limit->limit));
    }
  }
}

// `value` with the first item of the array at `pointer` standing there `times`.
inline json::Value Repeat(const json::Value& value, std::string_view pointer, std::size_t times, json::Arena& arena) {
  json::ArrayBuilder items(arena);
  if (pointer.empty()) {
    for (std::size_t i = 0; i < times; ++i) {
      items.Add(value.items()[0]);
    }
    return items.Build();
  }
  const std::size_t end = std::min(pointer.find('/', 1), pointer.size());
  const std::string step(pointer.substr(1, end - 1));
  const std::string_view rest = pointer.substr(end);
  if (!value.is_array()) {
    return json::With(value, arena.Copy(step), Repeat(value.Get(step), rest, times, arena), arena);
  }
  std::size_t index = 0;
  for (const json::Value& item : value.items()) {
    items.Add(std::to_string(index++) == step ? Repeat(item, rest, times, arena) : item);
  }
  return items.Build();
}

// The member of a row, with the arrays that its `repeat` says grown.
inline json::Value Repeated(const json::Value& row, std::string_view member, json::Arena& arena) {
  json::Value value = row.Get(member);
  for (const json::Value& each : row.Get("repeat").items()) {
    if (each.Get("in").text() == member) {
      std::size_t times = 0;
      const std::string_view text = each.Get("times").text();
      std::from_chars(text.data(), text.data() + text.size(), times);
      value = Repeat(value, each.Get("at").text(), times, arena);
    }
  }
  return value;
}

// Finds the resources of a list by "Type/id", and by their canonical URL.
class Resources final : public path::Resolver {
 public:
  explicit Resources(const json::Value& list) : list_(list) {}
  bool Resolve(std::string_view reference, json::Value& out) override {
    const std::string_view url = reference.substr(0, reference.find('|'));
    for (const json::Value& resource : list_.items()) {
      const std::string type(resource.Get("resourceType").text());
      if (reference == type + '/' + std::string(resource.Get("id").text()) || url == resource.Get("url").text()) {
        out = resource;
        return true;
      }
    }
    return false;
  }

 private:
  json::Value list_;
};

}  // namespace throughline::validate
