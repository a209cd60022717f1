#include "mappings/engine/checks.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>

#include "fhir/base/decimal.h"
#include "fhir/path/expression.h"
#include "mappings/engine/absence.h"

namespace throughline::engine {
namespace {

bool Holds(const path::Expression& expression, const json::Value& record) {
  path::Environment environment;
  const auto answer = path::EvaluatesToTrue(expression, path::Item::Node(definitions::kNoType, record), environment);
  return answer && *answer;
}

bool IsDate(const Field& field) { return field.type == ValueType::kDate || field.type == ValueType::kDateTime; }

std::optional<Decimal> NumberOf(const Field& field, const json::Value& value) {
  std::string text(value.text());
  if (field.comma) std::ranges::replace(text, ',', '.');
  return Decimal::Parse(text);
}

}  // namespace

bool IsWithheld(const Plan& plan, const json::Value& record) {
  return plan.withheld_when && Holds(*plan.withheld_when, record);
}

bool KeepsChecks(const Plan& plan, const json::Value& record) {
  return std::ranges::all_of(
      plan.checks, [&](const RecordCheck& check) { return !check.expression || Holds(*check.expression, record); });
}

bool HoldsOrder(const Plan& plan, const RecordCheck& check, const json::Value& left, const json::Value& right) {
  const Field& first = plan.fields[check.left];
  const Field& second = plan.fields[check.right];
  if (left.is_null() || right.is_null() || FindToken(first, left) != nullptr || FindToken(second, right) != nullptr)
    return true;
  if (!IsDate(first) || !IsDate(second)) {
    const auto low = NumberOf(first, left);
    const auto high = NumberOf(second, right);
    return !low || !high || *low < *high || (check.or_equal && !(*high < *low));
  }
  const auto low = first.format->Read(left.text());
  const auto high = second.format->Read(right.text());
  if (!low || !high) return true;
  const auto a = std::tuple(low->year + check.years, low->month, low->day, low->hour, low->minute, low->second);
  const auto b = std::tuple(high->year, high->month, high->day, high->hour, high->minute, high->second);
  return check.or_equal ? a <= b : a < b;
}

void CheckRecord(const Plan& plan, const json::Value& record, Instance* root, Issues& issues) {
  json::Arena arena;
  for (const RecordCheck& check : plan.checks) {
    Issue issue;
    issue.type = IssueType::kBusinessRule;
    issue.rule = "map-check";
    issue.text = check.text;
    bool holds = true;
    if (check.expression) {
      holds = Holds(*check.expression, record);
    } else {
      holds = HoldsOrder(plan, check, LocalValue(plan, plan.fields[check.left], root, Scope{}, arena),
                         LocalValue(plan, plan.fields[check.right], root, Scope{}, arena));
      issue.location = PointerTo(plan, plan.fields[check.right].node, Scope{});
    }
    if (!holds) issues.push_back(std::move(issue));
  }
}

}  // namespace throughline::engine
