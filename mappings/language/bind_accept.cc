// `accept`: warnings that were looked at and are meant.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

constexpr std::size_t kMostAccepted = 500;

// Lines of one file.
struct Lines {
  std::uint32_t file = 0;
  std::size_t first = 0;
  std::size_t last = 0;
};

void Widen(const YamlNode& node, Lines& lines) {
  if (node.mark.file == lines.file) lines.last = std::max(lines.last, node.mark.line);
  for (const YamlPair& pair : node.pairs) {
    Widen(pair.key, lines);
    Widen(pair.value, lines);
  }
  for (const YamlNode& item : node.items) Widen(item, lines);
}

Lines LinesOf(Mark start, const YamlNode& value) {
  Lines lines{start.file, start.line, start.line};
  Widen(value, lines);
  return lines;
}

// The lines of what is called so; names on the way may hold dots themselves. Nothing: there is none.
std::optional<Lines> FindPlaceIn(const YamlNode& node, std::string_view path) {
  const auto rest = [&](std::string_view name) {
    return path.starts_with(name) && path.substr(name.size()).starts_with('.')
               ? std::optional(path.substr(name.size() + 1))
               : std::nullopt;
  };
  for (const YamlPair& pair : node.pairs) {
    if (path == pair.key.text) return LinesOf(pair.key.mark, pair.value);
    const auto below = rest(pair.key.text);
    if (const auto found = below ? FindPlaceIn(pair.value, *below) : std::nullopt) return found;
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const std::string name = std::to_string(i);
    if (path == name) return LinesOf(node.items[i].mark, node.items[i]);
    const auto below = rest(name);
    if (const auto found = below ? FindPlaceIn(node.items[i], *below) : std::nullopt) return found;
  }
  return std::nullopt;
}

// The file of a code table: `codes.sex`.
std::string_view TableFile(const Plan& plan, std::string_view path) {
  constexpr std::string_view kCodes = "codes.";
  if (!path.starts_with(kCodes)) return {};
  const auto named = [&](const auto& table) { return table->name() == path.substr(kCodes.size()); };
  const auto found = std::ranges::find_if(plan.tables, named);
  return found == plan.tables.end() ? std::string_view() : (*found)->file();
}

const std::string* WordIn(Binding& binding, const YamlNode& item, std::string_view word) {
  const YamlNode* value = item.Find(word);
  return value == nullptr ? nullptr : TextOf(binding, *value, word);
}

void Accept(Binding& binding, const YamlNode& item, const YamlNode& root) {
  for (const auto& [key, value] : item.pairs) CheckKey(binding, key, Place::kAccept);
  const std::string* rule = WordIn(binding, item, "rule");
  const std::string* why = WordIn(binding, item, "why");
  const std::string* at = WordIn(binding, item, "at");
  if (rule == nullptr || why == nullptr || why->empty()) {
    return binding.diagnostics.Error(
        "map-accept", item.mark, 1,
        "what is accepted has a 'rule' and a reason: '- rule: map-extensible' with 'why: ...'");
  }
  const auto lines = at == nullptr ? std::nullopt : FindPlaceIn(root, *at);
  if (at != nullptr && !lines) {
    return binding.diagnostics.Error(
        "map-accept", item.Find("at")->mark, std::max<std::size_t>(at->size(), 1),
        "nothing in the map is called so: resources.name.element, fields.name, codes.table");
  }
  if (!binding.diagnostics.ok()) return;
  const std::string_view table = at == nullptr ? std::string_view() : TableFile(binding.plan, *at);
  const auto there = [&](Mark mark, std::string_view file) {
    if (at == nullptr) return true;
    if (!file.empty()) return file == table;
    return mark.file == lines->file && lines->first <= mark.line && mark.line <= lines->last;
  };
  const std::size_t count = binding.diagnostics.TakeAway(*rule, there);
  binding.plan.accepted.push_back({*rule, at == nullptr ? std::string() : *at, *why, count});
}

}  // namespace

void AcceptWarnings(Binding& binding, const YamlNode& accept, const YamlNode& root) {
  if (accept.items.size() > kMostAccepted) {
    return binding.diagnostics.Error("map-accept", accept.mark, 1, "a map accepts at most 500 times");
  }
  for (const YamlNode& item : accept.items) Accept(binding, item, root);
  if (!binding.diagnostics.ok()) return;
  for (std::size_t i = 0; i < binding.plan.accepted.size(); ++i) {
    const AcceptedWarnings& accepted = binding.plan.accepted[i];
    if (accepted.count > 0) continue;
    binding.diagnostics.Warning("map-accept", accept.items[i].mark, 1,
                                "there is no warning '" + accepted.rule + "'" + (accepted.at.empty() ? "" : " there") +
                                    " to be accepted: take it away");
  }
}

}  // namespace throughline::language
