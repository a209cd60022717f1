#include "mappings/engine/singles.h"

#include <algorithm>
#include <charconv>
#include <ranges>
#include <string_view>

#include "fhir/json/build.h"
#include "mappings/engine/instance.h"

namespace throughline::engine {
namespace {

constexpr std::string_view kSingle = "single ";
constexpr std::size_t kMostLines = 1000;

class Lister {
 public:
  Lister(const Plan& plan, std::vector<std::string>& lines, json::Arena& arena)
      : plan_(plan), lines_(lines), arena_(arena) {}

  json::Value Of(Index index, const json::Value& value) {
    const LocalNode& node = plan_.nodes[index];
    if (node.kind == LocalKind::kArray && node.single && !value.is_array() && !value.is_null()) {
      lines_.push_back(std::string(kSingle) + pointer_);
      json::Value* item = arena_.Array<json::Value>(1);
      item[0] = value;
      return OfItems(node, json::Value::Array({item, 1}));
    }
    if (node.kind == LocalKind::kArray && value.is_array()) return OfItems(node, value);
    if (node.places && value.is_array()) return OfPlaces(node, value);
    return node.kind == LocalKind::kObject && value.is_object() ? OfMembers(node, value) : value;
  }

 private:
  json::Value OfItems(const LocalNode& node, const json::Value& value) {
    json::ArrayBuilder items(arena_);
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::size_t length = pointer_.size();
      pointer_.append("/").append(std::to_string(i));
      items.Add(Of(node.children.front(), value.items()[i]));
      pointer_.resize(length);
    }
    return items.Build();
  }

  json::Value OfPlaces(const LocalNode& node, const json::Value& value) {
    json::Value list = value;
    for (const Index child : node.children) {
      const json::Value* item = MemberOf(value, plan_.nodes[child].name);
      if (item == nullptr) continue;
      const std::size_t length = pointer_.size();
      AppendPointer(plan_.nodes[child].name, pointer_);
      list = WithMember(list, plan_.nodes[child].name, Of(NodeFor(plan_, child, *item), *item), arena_);
      pointer_.resize(length);
    }
    return list;
  }

  json::Value OfMembers(const LocalNode& node, const json::Value& value) {
    json::ObjectBuilder object(arena_);
    for (const json::Member& member : value.members()) {
      const auto child =
          std::ranges::find_if(node.children, [&](Index below) { return plan_.nodes[below].name == member.name; });
      const std::size_t length = pointer_.size();
      AppendPointer(member.name, pointer_);
      object.Add(member.name,
                 child == node.children.end() ? member.value : Of(NodeFor(plan_, *child, member.value), member.value));
      pointer_.resize(length);
    }
    return object.Build();
  }

  const Plan& plan_;
  std::vector<std::string>& lines_;
  json::Arena& arena_;
  std::string pointer_;
};

// `value` with the list at the pointer as its one item; `value` itself where there is no such list.
json::Value Alone(const json::Value& value, std::string_view pointer, json::Arena& arena) {
  if (pointer.empty()) return value.is_array() && value.size() == 1 ? value.items().front() : value;
  pointer.remove_prefix(1);
  const std::size_t end = std::min(pointer.find('/'), pointer.size());
  const std::string_view token = pointer.substr(0, end);
  const std::string_view rest = pointer.substr(end);
  if (value.is_object()) {
    for (const json::Member& member : value.members()) {
      std::string name;
      AppendPointer(member.name, name);
      if (std::string_view(name).substr(1) != token) continue;
      return json::With(value, member.name, Alone(member.value, rest, arena), arena);
    }
    return value;
  }
  std::size_t place = 0;
  const auto [stop, code] = std::from_chars(token.data(), token.data() + token.size(), place);
  if (code != std::errc{} || stop != token.data() + token.size() || place >= value.items().size()) return value;
  json::ArrayBuilder items(arena);
  for (std::size_t i = 0; i < value.size(); ++i) {
    items.Add(i == place ? Alone(value.items()[i], rest, arena) : value.items()[i]);
  }
  return items.Build();
}

}  // namespace

json::Value WithLists(const Plan& plan, const json::Value& record, std::vector<std::string>& lines,
                      json::Arena& arena) {
  return plan.singles ? Lister(plan, lines, arena).Of(0, record) : record;
}

json::Value WithSingles(const json::Value& record, std::span<const std::string> lines, json::Arena& arena) {
  json::Value value = record;
  for (const std::string& line : lines | std::views::reverse) {
    if (line.starts_with(kSingle)) value = Alone(value, std::string_view(line).substr(kSingle.size()), arena);
  }
  return value;
}

std::vector<std::string> SingleLines(const json::Value& body) {
  std::vector<std::string> lines;
  for (const json::Value& extension : body.Get("extension").items()) {
    const std::string_view line = extension.Get("valueString").text();
    if (extension.Get("url").text() != kLocalFormUrl || !line.starts_with(std::string(kSingle) + "/")) continue;
    if (lines.size() < kMostLines) lines.emplace_back(line);
  }
  return lines;
}

}  // namespace throughline::engine
