// YAML as a tree that knows its places, without the parts of YAML that surprise. Private to this room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/error.h"

namespace throughline::config {

struct Place {
  int line = 1;  // from 1
  int column = 1;
};

struct Member;

struct YamlNode {
  enum class Kind : std::uint8_t { kNull, kText, kList, kMap };

  Kind kind = Kind::kNull;
  Place place;
  std::string text;
  std::vector<YamlNode> items;  // of a list
  std::vector<Member> members;  // of a map
};

struct Member {
  std::string key;
  Place place;  // of the key
  YamlNode value;
};

// Everything that was wrong, each with its place in a file.
class Findings {
 public:
  explicit Findings(std::string_view file_name) : file_name_(file_name) {}

  void Add(Place place, std::string rule, std::string text);
  const Issues& issues() const { return issues_; }
  Issues Take() { return std::move(issues_); }

 private:
  std::string_view file_name_;
  Issues issues_;
};

// Reads one document; an empty one is a null node. Refused: two documents, keys that stand twice or are no text,
// aliases, anchors and tags.
YamlNode ReadYaml(std::string_view text, Findings& findings);

}  // namespace throughline::config
