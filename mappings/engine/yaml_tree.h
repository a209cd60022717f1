// YAML text -> a tree with places, through yaml-cpp's events: nothing is guessed, nothing is merged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace throughline::engine {

class Diagnostics;

// Where something stands in a map; line and column counted from 1. Line 0: nowhere.
struct Mark {
  std::size_t line = 0;
  std::size_t column = 0;
  std::uint32_t file = 0;  // the map's own, or one of those that it extends
};

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

// Duplicate keys, aliases, anchors, tags, keys that are no plain text, second documents, more than 64 levels, more than
// 50,000 nodes and more than 8 MiB are refused (rule "map-yaml"). False: something was refused.
// `file`: what the marks say.
bool ParseYaml(std::string_view text, Diagnostics& diagnostics, YamlNode& root, std::uint32_t file = 0);

}  // namespace throughline::engine
