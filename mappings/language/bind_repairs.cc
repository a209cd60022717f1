// `trim` and `ignore-case`: how texts are read that are not written quite as the map says. Said of a field, or in
// `local` for all of them.
#include <algorithm>
#include <string>

#include "mappings/language/binder.h"
#include "mappings/plan/spelling.h"

namespace throughline::language {
namespace {

std::optional<bool> TruthSaid(Binding& binding, const YamlNode& value, std::string_view word) {
  const auto said = WordOf(binding, value, word, kTruthWords);
  return said ? std::optional(kTruthWords[*said] == "true") : std::nullopt;
}

void ReportRepair(Binding& binding, std::string_view rule, const Binding::RepairSaid& said, std::string text) {
  binding.diagnostics.Error(rule, said.mark, 1, std::move(text));
}

bool IsKey(const Plan& plan, const LocalNode& node) {
  return std::ranges::any_of(node.fields,
                             [&](Index field) { return std::ranges::find(plan.key, field) != plan.key.end(); });
}

// What is dropped or worked out is not read.
bool IsRead(const Plan& plan, const LocalNode& node) {
  return std::ranges::any_of(node.fields, [&](Index index) {
    const Field& field = plan.fields[index];
    return field.dropped.empty() && (!field.target.empty() || field.date != kNone);
  });
}

void TakeTrim(Binding& binding, const Binding::RepairSaid& said) {
  Plan& plan = binding.plan;
  LocalNode& node = plan.nodes[said.node];
  if (said.of_part) return ReportRepair(binding, "map-split", said, "'trim' is said of the whole, not of its parts");
  if (said.value && IsKey(plan, node))
    return ReportRepair(binding, "map-key", said, "a field of the key is compared sign for sign, blanks too");
  node.trim = said.value && IsRead(plan, node);
}

void TakeAnyCase(Binding& binding, const Binding::RepairSaid& said) {
  Plan& plan = binding.plan;
  Field& field = plan.fields[said.field];
  if (field.part < 0 && !plan.nodes[said.node].separator.empty())
    return ReportRepair(binding, "map-split", said, "'ignore-case' is said of the parts, not of the whole");
  if (said.value && IsKey(plan, plan.nodes[said.node]))
    return ReportRepair(binding, "map-key", said, "a field of the key is compared sign for sign, letter case too");
  field.any_case = said.value;
}

}  // namespace

void BindLocalTrim(Binding& binding, const YamlNode& value) {
  binding.trim = TruthSaid(binding, value, "trim").value_or(false);
}

void BindLocalIgnoreCase(Binding& binding, const YamlNode& value) {
  binding.any_case = TruthSaid(binding, value, "ignore-case").value_or(false);
}

void BindTrim(Binding& binding, Index index, const YamlNode& value) {
  const Field& field = binding.plan.fields[index];
  if (const auto said = TruthSaid(binding, value, "trim"))
    binding.trims.push_back({field.node, index, field.part >= 0, *said, value.mark});
}

void BindIgnoreCase(Binding& binding, Index index, const YamlNode& value) {
  const Field& field = binding.plan.fields[index];
  if (const auto said = TruthSaid(binding, value, "ignore-case"))
    binding.any_cases.push_back({field.node, index, false, *said, value.mark});
}

void BindRepairs(Binding& binding) {
  Plan& plan = binding.plan;
  for (LocalNode& node : plan.nodes) node.trim = binding.trim && IsRead(plan, node) && !IsKey(plan, node);
  for (Field& field : plan.fields) field.any_case = binding.any_case && !IsKey(plan, plan.nodes[field.node]);
  for (const Binding::RepairSaid& said : binding.trims) TakeTrim(binding, said);
  for (const Binding::RepairSaid& said : binding.any_cases) TakeAnyCase(binding, said);
}

void FinishRepairs(Binding& binding) {
  Plan& plan = binding.plan;
  for (Field& field : plan.fields) {
    const bool word = plan.nodes[field.node].usual == Form::kWord && !plan.nodes[field.node].word.empty();
    const bool read = field.mapped && (word || HasWords(field));
    const auto said = std::ranges::find(binding.any_cases, &field - plan.fields.data(), &Binding::RepairSaid::field);
    if (field.any_case && field.mapped && !read && said != binding.any_cases.end()) {
      binding.diagnostics.Warning("map-no-effect", said->mark, 1,
                                  "'ignore-case' is said of a field with codes or words; here it changes nothing");
    }
    field.any_case = field.any_case && read;
    if (!field.any_case) continue;
    plan.nodes[field.node].any_case = true;
    if (field.table != kNone) plan.tables[field.table]->FoldLetters();
  }
}

}  // namespace throughline::language
