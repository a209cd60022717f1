#include <algorithm>
#include <string>

#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

bool IsSign(char byte) {
  const bool word = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
  return byte > ' ' && static_cast<unsigned char>(byte) < 0x7F && !word;
}

void BindList(Binding& binding, LocalNode& node, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "list");
  if (text == nullptr) return;
  node.joined = *text;
  if (!text->empty() && IsSign(text->front()) && (text->size() == 1 || (text->size() == 2 && text->back() == ' ')))
    return;
  binding.diagnostics.Error("map-list", value.mark, std::max<std::size_t>(text->size(), 1),
                            "between the items of a list stands one ASCII sign that is no letter and no digit, and "
                            "perhaps a blank behind it: ';' or ', '");
}

void BindEscape(Binding& binding, LocalNode& node, const YamlNode& value) {
  const std::string* text = TextOf(binding, value, "escape");
  if (text == nullptr) return;
  const bool sound = text->size() == 1 && IsSign(text->front()) && !node.joined.starts_with(text->front());
  if (sound) node.escape = text->front();
  if (!sound) {
    binding.diagnostics.Error("map-list", value.mark, std::max<std::size_t>(text->size(), 1),
                              "'escape' is one ASCII sign, and another than the list's");
  }
}

void BindListNothing(Binding& binding, LocalNode& node, const YamlNode& value) {
  node.usual_declared = true;
  const bool csv = binding.plan.format.syntax == formats::Syntax::kCsv;
  if (csv && value.kind == YamlNode::Kind::kScalar && value.text != "empty") {
    node.usual = Form::kWord;
    node.word = value.text;
  } else if (const auto word = WordOf(binding, value, "nothing", kFormWords)) {
    node.usual = static_cast<Form>(*word);
  }
}

void BindListColumns(Binding& binding, LocalNode& node, const YamlNode& value) {
  if (binding.plan.format.syntax != formats::Syntax::kCsv) {
    return binding.diagnostics.Error("map-column", value.mark, 1, "only a CSV file has columns");
  }
  const std::vector<YamlNode> one = {value};
  for (const YamlNode& item : value.kind == YamlNode::Kind::kList ? value.items : one) {
    if (const std::string* text = TextOf(binding, item, "column")) node.columns.push_back(*text);
  }
}

void CheckItem(Binding& binding, const LocalNode& list, const LocalNode& item) {
  Plan& plan = binding.plan;
  const auto report = [&](std::string text) {
    binding.diagnostics.Error("map-list", list.mark, list.path.size(), std::move(text));
  };
  for (const Index index : item.fields) {
    Field& field = plan.fields[index];
    field.textual = true;
    if (!field.dropped.empty() && !list.places) report("drop the list as a whole: '" + list.path + ": { drop: why }'");
    const auto& codes = field.table == kNone ? std::vector<LocalCode>() : plan.tables[field.table]->locals();
    const bool inside = std::ranges::any_of(
        codes, [&](const LocalCode& code) { return code.local.find(list.joined) != std::string_view::npos; });
    if (inside && list.escape == 0) report("a code of its table holds the list's sign, and there is no 'escape'");
  }
  const auto within = [&](char sign) { return sign != 0 && item.separator.find(sign) != std::string::npos; };
  if (within(list.joined.front()) || within(list.escape)) {
    report("its items are split at the sign of the list itself");
  }
}

void CheckItems(Binding& binding, const LocalNode& list) {
  Plan& plan = binding.plan;
  const auto report = [&](std::string text) {
    binding.diagnostics.Error("map-list", list.mark, list.path.size(), std::move(text));
  };
  const bool leaves =
      std::ranges::all_of(list.children, [&](Index child) { return plan.nodes[child].kind == LocalKind::kLeaf; });
  if ((list.kind != LocalKind::kArray && !list.places) || !leaves) {
    return report("say where the items of this list go: '" + list.path + ".*: target', or '" + list.path +
                  ".0: target'");
  }
  for (const Index child : list.children) CheckItem(binding, list, plan.nodes[child]);
}
}  // namespace

void BindJoined(Binding& binding, Index node, const YamlNode& entry) {
  struct Row {
    std::string_view word;
    void (*bind)(Binding&, LocalNode&, const YamlNode&);
  };
  constexpr std::array kRows = {Row{"list", BindList}, Row{"escape", BindEscape}, Row{"nothing", BindListNothing},
                                Row{"column", BindListColumns}};
  std::vector<std::string_view> words;
  for (const Row& row : kRows) words.push_back(row.word);
  for (const auto& [key, value] : entry.pairs) {
    const auto row = std::ranges::find(kRows, key.text, &Row::word);
    if (row == kRows.end()) UnknownKey(binding, key, words);
    if (row != kRows.end()) row->bind(binding, binding.plan.nodes[node], value);
  }
}

void CheckJoined(Binding& binding) {
  for (const LocalNode& node : binding.plan.nodes) {
    if (!node.joined.empty()) CheckItems(binding, node);
  }
}

}  // namespace throughline::language
