#include "mappings/language/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <istream>
#include <streambuf>
#include <unordered_set>

#include "mappings/language/diagnostics.h"

namespace throughline::language {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxNodes = 50'000;
constexpr std::size_t kMaxUnread = 256u << 10;  // bytes that go by without an entry
constexpr std::string_view kRule = "map-yaml";

struct Refused : std::exception {};

Mark MarkIn(std::uint32_t file, const YAML::Mark& mark) {
  return {static_cast<std::size_t>(std::max(mark.line, 0)) + 1, static_cast<std::size_t>(std::max(mark.column, 0)) + 1,
          file};
}

// The parser holds what it has read of a scalar or of a group in [] or {} until that ends, at two hundred times its
// size: bytes are given out only as long as entries come of them.
class Bytes : public std::streambuf {
 public:
  explicit Bytes(std::string_view text) : rest_(text) { Give(); }

  void Progress() { given_ = 0; }
  bool stopped() const { return stopped_; }

 protected:
  int_type underflow() override {
    if (rest_.empty()) return traits_type::eof();
    stopped_ = stopped_ || given_ > kMaxUnread;
    if (stopped_) return traits_type::eof();
    Give();
    return traits_type::to_int_type(*gptr());
  }

 private:
  void Give() {
    constexpr std::size_t kBlock = 4096;
    const std::string_view block = rest_.substr(0, kBlock);
    rest_.remove_prefix(block.size());
    given_ += block.size();
    char* begin = const_cast<char*>(block.data());  // NOLINT: a get area is never written
    setg(begin, begin, begin + block.size());
  }

  std::string_view rest_;
  std::size_t given_ = 0;  // since the last entry
  bool stopped_ = false;
};

class TreeMaker : public YAML::EventHandler {
 public:
  TreeMaker(Diagnostics& diagnostics, Bytes& bytes, YamlNode& root, std::uint32_t file)
      : diagnostics_(diagnostics), bytes_(bytes), root_(root), file_(file) {}

  Mark last() const { return {last_.line, last_.column, file_}; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    CheckAnchor(mark, anchor);
    Put({.kind = YamlNode::Kind::kNothing,
         .mark = MarkOf(mark),
         .quoted = false,
         .text = {},
         .pairs = {},
         .items = {}});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Refuse(mark, "aliases (*name) are not allowed in a map");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    CheckAnchor(mark, anchor);
    if (tag != "?" && tag != "!" && !tag.empty()) Refuse(mark, "tags (!name) are not allowed in a map");
    YamlNode node{.kind = YamlNode::Kind::kScalar,
                  .mark = MarkOf(mark),
                  .quoted = tag == "!",
                  .text = text,
                  .pairs = {},
                  .items = {}};
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
  struct Level {
    YamlNode node;
    YamlNode key;
    bool has_key = false;
    std::unordered_set<std::string> keys = {};
  };

  Mark MarkOf(const YAML::Mark& mark) const { return MarkIn(file_, mark); }
  [[noreturn]] void Refuse(const YAML::Mark& mark, std::string text) {
    diagnostics_.Error(kRule, MarkOf(mark), 1, std::move(text));
    throw Refused();
  }
  void CheckAnchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    bytes_.Progress();
    last_ = MarkIn(file_, mark);
    if (anchor != 0) Refuse(mark, "anchors (&name) are not allowed in a map");
  }
  void Open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    CheckAnchor(mark, anchor);
    if (tag != "?" && !tag.empty()) Refuse(mark, "tags (!name) are not allowed in a map");
    if (levels_.size() >= kMaxDepth) Refuse(mark, "the map is nested deeper than " + std::to_string(kMaxDepth));
    levels_.emplace_back();
    levels_.back().node.kind = kind;
    levels_.back().node.mark = MarkOf(mark);
  }
  void Close() {
    YamlNode node = std::move(levels_.back().node);
    levels_.pop_back();
    Put(std::move(node));
  }
  void Put(YamlNode node) {
    if (++nodes_ > kMaxNodes) {
      diagnostics_.Error(kRule, node.mark, 1, "the map has more than " + std::to_string(kMaxNodes) + " entries");
      throw Refused();
    }
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    if (level.node.kind == YamlNode::Kind::kList) {
      level.node.items.push_back(std::move(node));
    } else if (!level.has_key) {
      TakeKey(level, std::move(node));
    } else {
      level.node.pairs.push_back({std::move(level.key), std::move(node)});
      level.has_key = false;
    }
  }
  void TakeKey(Level& level, YamlNode key) {
    const bool null = key.kind == YamlNode::Kind::kNothing && IsOfTokens();
    if (key.kind != YamlNode::Kind::kScalar && !null) {
      diagnostics_.Error(kRule, key.mark, 1, "a key must be plain text");
      throw Refused();
    }
    if (null) key.text = "null";
    if (!level.keys.insert(null ? std::string(1, '\0') : key.text).second) {
      diagnostics_.Error("map-duplicate-key", key.mark, key.text.size(),
                         "'" + key.text + "' stands here a second time; each key may stand once");
    }
    level.key = std::move(key);
    level.has_key = true;
  }

  // The group that is read stands behind `absent`, where null is what a record writes.
  bool IsOfTokens() const {
    return levels_.size() > 1 && levels_[levels_.size() - 2].has_key &&
           levels_[levels_.size() - 2].key.text == "absent";
  }

  Diagnostics& diagnostics_;
  Bytes& bytes_;
  YamlNode& root_;
  std::uint32_t file_;
  Mark last_{1, 1};  // of the last entry that was read
  std::vector<Level> levels_;
  std::size_t nodes_ = 0;
};

}  // namespace

const YamlNode* YamlNode::Find(std::string_view key) const {
  const auto found = std::ranges::find_if(pairs, [&](const auto& pair) { return pair.key.text == key; });
  return found == pairs.end() ? nullptr : &found->value;
}

namespace {

// Throws what the parser throws.
void ReadDocument(std::string_view text, Diagnostics& diagnostics, YamlNode& root, std::uint32_t file) {
  Bytes bytes(text);
  std::istream stream(&bytes);
  YAML::Parser parser(stream);
  TreeMaker maker(diagnostics, bytes, root, file);
  const std::size_t before = diagnostics.count();
  try {
    parser.HandleNextDocument(maker);
    YamlNode rest;
    TreeMaker second(diagnostics, bytes, rest, file);
    if (!bytes.stopped() && diagnostics.count() == before && parser.HandleNextDocument(second)) {
      diagnostics.Error(kRule, rest.mark, 1, "a map is one document: nothing may stand behind '---'");
    }
  } catch (const YAML::Exception&) {
    if (!bytes.stopped()) throw;  // else it is the cut that it stumbled over
  }
  if (!bytes.stopped()) return;
  diagnostics.Error(kRule, maker.last(), 1,
                    "no entry ends within 256 KiB behind this place: a text, a comment or a group in [] or {} is too "
                    "long");
}

}  // namespace

bool ParseYaml(std::string_view text, Diagnostics& diagnostics, YamlNode& root, std::uint32_t file) {
  if (text.size() > kMostMapBytes) {
    diagnostics.Error(kRule, {1, 1, file}, 1, "the map is larger than 8 MiB");
    return false;
  }
  if (!IsPlainText(text)) {
    diagnostics.Error(kRule, {1, 1, file}, 1, "a map is UTF-8 text; this file holds other bytes");
    return false;
  }
  const std::size_t before = diagnostics.count();
  try {
    ReadDocument(text, diagnostics, root, file);
  } catch (const Refused&) {
  } catch (const YAML::Exception& error) {
    diagnostics.Error(kRule, MarkIn(file, error.mark), 1, "this is not YAML: " + error.msg);
  } catch (const std::exception&) {
    diagnostics.Error(kRule, {1, 1, file}, 1, "this cannot be read as YAML");
  }
  return diagnostics.count() == before;
}

}  // namespace throughline::language
