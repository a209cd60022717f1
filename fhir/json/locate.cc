#include "fhir/json/locate.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

namespace throughline::json {
namespace {

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kMark = "\xEF\xBB\xBF";  // may stand first; it is no character of the text
constexpr std::size_t kNowhere = std::string_view::npos;

std::string Unescaped(std::string_view step) {
  std::string plain;
  for (std::size_t i = 0; i < step.size(); ++i) {
    const bool escape = step[i] == '~' && i + 1 < step.size();
    plain += !escape ? step[i] : step[++i] == '1' ? '/' : '~';
  }
  return plain;
}

// An item's number as pointers write it; nothing for names.
std::optional<std::size_t> NumberOf(std::string_view step) {
  std::size_t number = 0;
  const auto [end, wrong] = std::from_chars(step.data(), step.data() + step.size(), number);
  const bool whole = wrong == std::errc() && end == step.data() + step.size();
  return whole && (step.size() == 1 || step.front() != '0') ? std::optional(number) : std::nullopt;
}

// The pointers as a tree: places that several of them pass are looked for once.
class Tree {
 public:
  using Children = std::map<std::string, std::size_t, std::less<>>;

  // The node that the pointer ends in.
  std::size_t Add(std::string_view pointer) {
    std::size_t node = 0;
    while (pointer.starts_with('/')) {
      const std::size_t end = pointer.find('/', 1);
      const auto [child, added] =
          nodes_[node].children.try_emplace(Unescaped(pointer.substr(1, end - 1)), nodes_.size());
      const std::size_t next = child->second;
      if (added) nodes_.push_back({{}, node});
      node = next;
      pointer = end == kNowhere ? "" : pointer.substr(end);
    }
    return node;
  }

  const Children& children(std::size_t node) const { return nodes_[node].children; }
  void Found(std::size_t node, std::size_t offset) { nodes_[node].offset = offset; }

  // Where the value starts, or the last one on the way to it.
  std::size_t OffsetOf(std::size_t node) const {
    while (nodes_[node].offset == kNowhere && node != 0) node = nodes_[node].parent;
    return nodes_[node].offset;
  }

 private:
  struct Node {
    Children children;
    std::size_t parent = 0;
    std::size_t offset = kNowhere;
  };
  std::vector<Node> nodes_{Node{}};
};

// Walks once over text that is known to be JSON, and into the values that the tree leads to.
class Scanner {
 public:
  Scanner(std::string_view text, Tree& tree) : text_(text), tree_(tree) {
    if (text_.starts_with(kMark)) {
      at_ = kMark.size();
    }
    SkipBlanks();
  }

  // Recursion ends with the pointers' steps.
  void Visit(std::size_t node) {
    tree_.Found(node, at_);
    const char opening = tree_.children(node).empty() ? '\0' : Peek();
    if (opening == '{') {
      VisitMembers(tree_.children(node));
    } else if (opening == '[') {
      VisitItems(tree_.children(node));
    } else {
      SkipValue();
    }
  }

 private:
  void VisitMembers(const Tree::Children& children) {
    Next();
    while (!IsEnd()) {
      const std::string_view quoted = ReadString();
      SkipBlanks();
      Next();
      // Names of FHIR elements need no escapes: one that has them is not looked into.
      const auto child = quoted.size() < 2 ? children.end() : children.find(quoted.substr(1, quoted.size() - 2));
      VisitOrSkip(child == children.end() ? kNowhere : child->second);
    }
    Next();
  }

  void VisitItems(const Tree::Children& children) {
    std::vector<std::pair<std::size_t, std::size_t>> wanted;  // number of the item, node
    for (const auto& [step, child] : children) {
      if (const auto number = NumberOf(step)) wanted.emplace_back(*number, child);
    }
    std::ranges::sort(wanted);
    Next();
    auto next = wanted.begin();
    for (std::size_t index = 0; !IsEnd(); ++index) {
      const bool found = next != wanted.end() && next->first == index;
      VisitOrSkip(found ? (next++)->second : kNowhere);
    }
    Next();
  }

  void VisitOrSkip(std::size_t node) {
    if (node == kNowhere) {
      SkipValue();
    } else {
      Visit(node);
    }
    if (Peek() == ',') {
      Next();
    }
  }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool IsEnd() const { return at_ >= text_.size() || text_[at_] == '}' || text_[at_] == ']'; }

  void Next() {
    at_ = std::min(at_ + 1, text_.size());
    SkipBlanks();
  }

  void SkipBlanks() { at_ = std::min(text_.find_first_not_of(kBlank, at_), text_.size()); }

  // The string here with its quotes.
  std::string_view ReadString() {
    const std::size_t start = at_++;
    at_ = text_.find_first_of("\"\\", at_);
    while (at_ != kNowhere && text_[at_] == '\\') {
      at_ = text_.find_first_of("\"\\", at_ + 2);
    }
    at_ = at_ == kNowhere ? text_.size() : at_ + 1;
    return text_.substr(start, at_ - start);
  }

  void SkipValue() {
    std::size_t depth = 0;
    do {
      const char c = Peek();
      if (c == '"') {
        ReadString();
      } else if (c == '{' || c == '[') {
        ++depth;
        ++at_;
      } else if (c == '}' || c == ']') {
        --depth;
        ++at_;
      } else {
        at_ = c == ',' || c == ':' ? at_ + 1 : std::min(text_.find_first_of(",:}] \t\r\n", at_), text_.size());
      }
      SkipBlanks();
    } while (depth > 0 && at_ < text_.size());
  }

  std::string_view text_;
  Tree& tree_;
  std::size_t at_ = 0;
};

// Counts on from one offset to the next.
class Counter {
 public:
  explicit Counter(std::string_view text) : text_(text), at_(text.starts_with(kMark) ? kMark.size() : 0) {}

  Position At(std::size_t offset) {
    const std::string_view more = text_.substr(at_, std::max(offset, at_) - at_);
    position_ = Behind(position_, more);
    at_ += more.size();
    return position_;
  }

 private:
  std::string_view text_;
  std::size_t at_;
  Position position_;
};

}  // namespace

std::vector<Position> Locate(std::string_view text, std::span<const std::string_view> pointers) {
  Tree tree;
  std::vector<std::size_t> nodes;
  for (const std::string_view pointer : pointers) nodes.push_back(tree.Add(pointer));
  Scanner(text, tree).Visit(0);
  std::vector<std::size_t> order(nodes.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](std::size_t i) { return tree.OffsetOf(nodes[i]); });
  Counter counter(text);
  std::vector<Position> positions(nodes.size());
  for (const std::size_t i : order) positions[i] = counter.At(tree.OffsetOf(nodes[i]));
  return positions;
}

Position Locate(std::string_view text, std::string_view pointer) {
  return Locate(text, std::span(&pointer, 1)).front();
}

std::optional<std::size_t> OffsetOf(std::string_view location) {
  constexpr std::string_view kOffset = "offset ";
  if (!location.starts_with(kOffset)) return std::nullopt;
  location.remove_prefix(kOffset.size());
  std::size_t offset = 0;
  const auto [end, wrong] = std::from_chars(location.data(), location.data() + location.size(), offset);
  const bool whole = wrong == std::errc() && end == location.data() + location.size();
  return whole ? std::optional(offset) : std::nullopt;
}

Position Behind(Position start, std::string_view text) {
  const std::size_t last = text.rfind('\n');
  if (last != kNowhere) {
    start.line += static_cast<std::size_t>(std::ranges::count(text, '\n'));
    start.column = 1;
    text.remove_prefix(last + 1);
  }
  start.column += static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
  return start;
}

Position PositionAt(std::string_view text, std::size_t offset) {
  return Counter(text).At(std::min(offset, text.size()));
}

void AppendStep(std::string_view name, std::string& pointer) {
  pointer += '/';
  for (const char c : name) {
    if (c == '~' || c == '/') {
      pointer += c == '~' ? "~0" : "~1";
    } else {
      pointer += c;
    }
  }
}

}  // namespace throughline::json
