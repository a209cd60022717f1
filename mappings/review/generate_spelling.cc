#include "mappings/review/generate_spelling.h"

#include <string>

#include "mappings/engine/repairs.h"
#include "mappings/plan/letter_case.h"

namespace throughline::review {
namespace {

constexpr std::string_view kMaskDigits = "0123456789abcdef";

std::string Recased(std::string_view text, Dice& dice) {
  std::string mask;
  for (std::size_t i = 0; i < text.size() / 4; ++i) mask.push_back(kMaskDigits[dice.Below(kMaskDigits.size())]);
  if (mask.empty()) mask.push_back(kMaskDigits[1 + dice.Below(kMaskDigits.size() - 1)]);
  return WithCase(text, mask).value_or(std::string(text));
}

}  // namespace

json::Value Spoilt(const Plan& plan, const LocalNode& leaf, const json::Value& value, Dice& dice, json::Arena& arena) {
  if (!value.is_string() || (!leaf.trim && !leaf.any_case)) return value;
  std::string text(value.text());
  if (leaf.any_case && dice.Percent(30)) text = Recased(text, dice);
  if (leaf.trim && dice.Percent(20)) text = std::string(dice.Below(3), ' ') + text + std::string(dice.Below(3), ' ');
  const json::Value spoilt = json::Value::String(arena.Copy(text));
  const bool same = engine::Repaired(plan, leaf, spoilt, arena).text() == value.text();
  return same ? spoilt : value;
}

json::Value ReadAs(const Plan& plan, const Field& field, const json::Value& value, json::Arena& arena) {
  return engine::Repaired(plan, plan.nodes[field.node], value, arena);
}

}  // namespace throughline::review
