#include <algorithm>
#include <string>

#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

constexpr std::size_t kMostCases = 100;

void ReportField(Binding& binding, const Field& field, std::string text) {
  binding.diagnostics.Error("map-cases", field.mark, field.path.size(), std::move(text));
}

// The names between a place and the list or field that stands next below it.
std::vector<std::string> NamesTo(const Plan& plan, Index node) {
  std::vector<std::string> names;
  for (Index at = node; plan.nodes[at].parent != kNone && plan.nodes[at].name != "*"; at = plan.nodes[at].parent) {
    names.insert(names.begin(), plan.nodes[at].name);
  }
  return names;
}

void CheckCases(Binding& binding, const LocalNode& node) {
  Plan& plan = binding.plan;
  const Field& first = plan.fields[node.fields.front()];
  if (!node.separator.empty()) return ReportField(binding, first, "a field that is split has no cases");
  if (node.fields.size() > kMostCases) return ReportField(binding, first, "a field has at most 100 cases");
  for (std::size_t i = 0; i + 1 < node.fields.size(); ++i) {
    if (plan.fields[node.fields[i]].when == kNone) {
      return ReportField(binding, first, "a case without 'when' takes every value: it stands behind all others");
    }
  }
  for (const Index field : node.fields) {
    if (std::ranges::find(plan.key, field) != plan.key.end()) {
      return ReportField(binding, first, "a field of the key goes to one place, without conditions");
    }
  }
}

}  // namespace

void BindWhenOfField(Binding& binding, Index field, const YamlNode& value) {
  auto expression = ConditionOf(binding, value, "when", field);
  if (!expression) return;
  binding.plan.fields[field].when = static_cast<Index>(binding.plan.conditions.size());
  binding.plan.conditions.push_back(*std::move(expression));
}

void BindChoices(Binding& binding) {
  Plan& plan = binding.plan;
  for (Index index = 0; index < plan.nodes.size(); ++index) {
    LocalNode& node = plan.nodes[index];
    const auto conditional = [&](Index field) { return plan.fields[field].when != kNone; };
    const bool cases = node.separator.empty() && node.fields.size() > 1;
    if (node.fields.empty() || (!cases && std::ranges::none_of(node.fields, conditional))) continue;
    CheckCases(binding, node);
    FieldChoice choice;
    choice.node = index;
    choice.names = NamesTo(plan, index);
    for (const Index list : StarsOf(plan, index)) choice.lists.push_back({list, NamesTo(plan, list)});
    for (std::size_t i = 0; i < node.fields.size(); ++i) {
      plan.fields[node.fields[i]].place_in_choice = static_cast<std::int16_t>(i);
    }
    node.chosen = true;
    plan.choices.push_back(std::move(choice));
  }
}

}  // namespace throughline::language
