// YAML text -> a tree with places, through yaml-cpp's events: nothing is guessed, nothing is merged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mappings/plan/mark.h"

namespace throughline::language {

inline constexpr std::size_t kMostMapBytes = 8u << 20;

// The room makes the parts of a plan, and speaks of them without that room's name.
using namespace plan;

class Diagnostics;

struct YamlPair;

struct YamlNode {
  enum class Kind : std::uint8_t { kNothing, kScalar, kMap, kList };
  Kind kind = Kind::kNothing;
  Mark mark;
  bool quoted = false;
  std::string text;             // of a scalar
  std::vector<YamlPair> pairs;  // of a map, in order
  std::vector<YamlNode> items;  // of a list

  // The value of `key` in a map; null when there is none.
  const YamlNode* Find(std::string_view key) const;
};

struct YamlPair {
  YamlNode key;
  YamlNode value;
};

// Below `absent` a key may be null (kNothing, with the text "null"), which is another key than the text 'null'.
// Duplicate keys, aliases, anchors, tags, keys that are no plain text, second documents, more than 64 levels, more than
// 50,000 nodes and more than 8 MiB are refused (rule "map-yaml"). False: something was refused.
// `file`: what the marks say.
bool ParseYaml(std::string_view text, Diagnostics& diagnostics, YamlNode& root, std::uint32_t file = 0);

}  // namespace throughline::language
