#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "mappings/language/binder.h"

namespace throughline::language {

std::optional<path::Expression> ConditionOf(Binding& binding, const YamlNode& value, std::string_view what,
                                            Index field) {
  path::CompileOptions options;
  options.model = path::Model::kNone;
  auto expression = ExpressionOf(binding, value, what, options);
  if (expression) binding.over_record.push_back({&expression->program(), &value, field});
  return expression;
}

namespace {

Index FieldIn(Binding& binding, const YamlNode& value, std::string_view name) {
  const Index field = FindField(binding.plan, name);
  if (field == kNone) {
    binding.diagnostics.Error("map-unknown-field", value.mark, value.text.size(),
                              "'fields:' has no field of this name" + DidYouMean(name, FieldNames(binding.plan)));
  }
  return field;
}

std::vector<std::string_view> CutWords(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t start = text.find_first_not_of(' ');
    if (start == std::string_view::npos) break;
    const std::size_t end = std::min(text.find(' ', start), text.size());
    words.push_back(text.substr(start, end - start));
    text.remove_prefix(end);
  }
  return words;
}

// "DOB + 18 years <= REFLD", "REFLD <= TRIAGED".
void BindOrder(Binding& binding, const YamlNode& value, RecordCheck& check) {
  std::vector<std::string_view> words = CutWords(value.text);
  bool sound = value.kind == YamlNode::Kind::kScalar;
  if (words.size() == 6 && words[1] == "+" && words[3] == "years") {
    const auto [end, code] = std::from_chars(words[2].data(), words[2].data() + words[2].size(), check.years);
    sound = sound && code == std::errc{} && end == words[2].data() + words[2].size() && check.years < 200;
    words.erase(words.begin() + 1, words.begin() + 4);
  }
  sound = sound && words.size() == 3 && (words[1] == "<" || words[1] == "<=");
  if (!sound) {
    return binding.diagnostics.Error("map-check", value.mark, std::max<std::size_t>(value.text.size(), 1),
                                     "an order is written FIELD <= FIELD, FIELD < FIELD, or FIELD + 18 years <= FIELD");
  }
  check.or_equal = words[1] == "<=";
  check.left = FieldIn(binding, value, words[0]);
  check.right = FieldIn(binding, value, words[2]);
  if (check.left == kNone || check.right == kNone) return;
  const Plan& plan = binding.plan;
  const Field& left = plan.fields[check.left];
  const Field& right = plan.fields[check.right];
  check.lists = StarsOf(plan, left.node);
  if (check.lists != StarsOf(plan, right.node)) {
    binding.diagnostics.Error("map-check", value.mark, value.text.size(),
                              "an order is between fields that stand once in a record, or in the same list's item");
  }
  if (check.text.empty()) {
    check.text = right.path + " is before " + left.path +
                 (check.years > 0 ? " + " + std::to_string(check.years) + " years" : "");
  }
}

}  // namespace

void BindWithhold(Binding& binding, const YamlNode& withhold) {
  for (const auto& [key, value] : withhold.pairs) CheckKey(binding, key, Place::kWithhold);
  const YamlNode* when = withhold.Find("when");
  const YamlNode* keep = withhold.Find("keep");
  if (when == nullptr || keep == nullptr || keep->kind != YamlNode::Kind::kList) {
    return binding.diagnostics.Error("map-withhold", withhold.mark, 1,
                                     "'withhold' says 'when: expression' and 'keep: [field, ...]'");
  }
  binding.plan.withheld_when = ConditionOf(binding, *when, "when");
  binding.plan.withheld_text = when->text;
  for (const YamlNode& item : keep->items) {
    if (TextOf(binding, item, "keep") == nullptr) continue;
    const Index field = FieldIn(binding, item, item.text);
    if (field != kNone) binding.plan.fields[field].kept = true;
  }
  for (const Index field : binding.plan.key) {
    if (binding.plan.fields[field].required && !binding.plan.fields[field].kept) {
      binding.diagnostics.Error("map-withhold", keep->mark, 1,
                                "'" + binding.plan.fields[field].path + "' is part of the key and must be kept");
    }
  }
}

void BindChecks(Binding& binding, const YamlNode& checks) {
  for (const YamlNode& item : checks.items) {
    RecordCheck check;
    for (const auto& [key, value] : item.pairs) CheckKey(binding, key, Place::kCheck);
    if (const YamlNode* say = item.Find("say")) {
      if (const std::string* text = TextOf(binding, *say, "say")) check.text = *text;
    }
    const YamlNode* order = item.Find("order");
    const YamlNode* that = item.Find("that");
    if ((order == nullptr) == (that == nullptr) || (that != nullptr && check.text.empty())) {
      binding.diagnostics.Error("map-check", item.mark, 1,
                                "a check is 'order: FIELD <= FIELD', or 'that: expression' with 'say: what is wrong'");
      continue;
    }
    if (order != nullptr) BindOrder(binding, *order, check);
    if (that != nullptr) check.expression = ConditionOf(binding, *that, "that");
    binding.plan.checks.push_back(std::move(check));
  }
}

}  // namespace throughline::language
