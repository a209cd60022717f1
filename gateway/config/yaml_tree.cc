#include "gateway/config/yaml_tree.h"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <sstream>
#include <utility>

namespace throughline::config {
namespace {

constexpr std::size_t kMaxBytes = 1u << 20;
constexpr std::size_t kMaxDepth = 32;

Place PlaceOf(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

// Stops the parser; the finding is written before.
struct Stop : std::exception {};

// Keeps the path of open nodes; a finished node moves into the one above it.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(Findings& findings) : findings_(findings) {}

  YamlNode Take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Check(mark, {}, anchor);
    YamlNode node;
    node.place = PlaceOf(mark);
    Put(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    findings_.Add(PlaceOf(mark), "config-alias", "aliases are not read: write the value out");
    throw Stop();
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Check(mark, tag, anchor);
    YamlNode node;
    node.kind = YamlNode::Kind::kText;
    node.place = PlaceOf(mark);
    node.text = value;
    Put(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(YamlNode::Kind::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(YamlNode::Kind::kMap, mark, tag, anchor);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Frame {
    YamlNode node;
    bool has_key = false;
    bool drop_value = false;
    std::string key;
    Place key_place;
  };

  void Check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) findings_.Add(PlaceOf(mark), "config-anchor", "anchors are not read");
    if (!tag.empty() && tag != "?" && tag != "!") findings_.Add(PlaceOf(mark), "config-tag", "tags are not read");
  }

  void Open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    Check(mark, tag, anchor);
    if (open_.size() == kMaxDepth) {
      findings_.Add(PlaceOf(mark), "config-depth", "lists and maps are nested too deeply");
      throw Stop();
    }
    Frame frame;
    frame.node.kind = kind;
    frame.node.place = PlaceOf(mark);
    open_.push_back(std::move(frame));
  }

  void Close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    Put(std::move(node));
  }

  void Put(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& above = open_.back();
    if (above.node.kind == YamlNode::Kind::kList) {
      above.node.items.push_back(std::move(node));
    } else if (!above.has_key) {
      TakeKey(above, node);
    } else {
      above.has_key = false;
      if (above.drop_value) return;
      above.node.members.push_back({std::move(above.key), above.key_place, std::move(node)});
    }
  }

  void TakeKey(Frame& map, YamlNode& key) {
    map.has_key = true;
    map.key_place = key.place;
    map.drop_value = true;
    const auto same = [&](const Member& member) { return member.key == key.text; };
    if (key.kind != YamlNode::Kind::kText) {
      findings_.Add(key.place, "config-key", "a key must be a text");
    } else if (std::ranges::any_of(map.node.members, same)) {
      findings_.Add(key.place, "config-duplicate-key", "this key stands twice");
    } else {
      map.drop_value = false;
      map.key = std::move(key.text);
    }
  }

  Findings& findings_;
  std::vector<Frame> open_;
  YamlNode root_;
};

}  // namespace

void Findings::Add(Place place, std::string rule, std::string text) {
  Issue issue;
  issue.rule = std::move(rule);
  issue.location = std::string(file_name_) + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
  issue.text = std::move(text);
  issues_.push_back(std::move(issue));
}

YamlNode ReadYaml(std::string_view text, Findings& findings) {
  if (text.size() > kMaxBytes) {
    findings.Add({}, "config-too-long", "the file is longer than 1 MiB");
    return {};
  }
  TreeBuilder builder(findings);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    YamlNode root = builder.Take();
    TreeBuilder ignored(findings);
    if (parser.HandleNextDocument(ignored)) {
      findings.Add(ignored.Take().place, "config-second-document", "the file has more than one document");
    }
    return root;
  } catch (const Stop&) {
  } catch (const YAML::Exception& error) {
    findings.Add(PlaceOf(error.mark), "config-syntax", "this is not YAML");
  } catch (const std::exception&) {
    findings.Add({}, "config-syntax", "this is not YAML");
  }
  return {};
}

}  // namespace throughline::config
