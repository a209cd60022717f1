#include "mappings/engine/checks.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <tuple>

#include "fhir/base/date_time.h"
#include "fhir/base/decimal.h"
#include "fhir/path/expression.h"
#include "mappings/engine/condition.h"
#include "mappings/plan/absence.h"
#include "mappings/plan/time_forms.h"

namespace throughline::engine {
namespace {

Result<bool> Holds(const Plan& plan, const path::Expression& expression, const json::Value& record) {
  path::Environment environment;
  return Decide(plan, expression, path::Item::Node(definitions::kNoType, record), environment);
}

// Calls `each` in every item of the lists from the one at `level` on.
template <typename Each>
void ForEachItem(const Plan& plan, const std::vector<Index>& lists, Instance* root, Scope& scope, const Each& each) {
  const std::uint8_t level = scope.depth;
  if (level == lists.size()) return each(scope);
  Instance* list = Reach(plan, lists[level], root, scope);
  scope.depth = static_cast<std::uint8_t>(level + 1);
  for (std::uint32_t i = 0; list != nullptr && i < list->count; ++i) {
    scope.items[level] = &list->children[i];
    scope.places[level] = i;
    ForEachItem(plan, lists, root, scope, each);
  }
  scope.depth = level;
}

// As far as both are known: of 05/2021 nobody can say that it is before the 10th.
bool InOrder(const TimeParts& first, Level first_level, const TimeParts& second, Level second_level,
             const RecordCheck& check) {
  const Level level = std::min(first_level, second_level);
  const auto known = [&](const TimeParts& parts, int years) {
    return std::tuple(parts.year + years, level >= Level::kMonth ? parts.month : 0,
                      level >= Level::kDay ? parts.day : 0, level >= Level::kTime ? parts.hour : 0,
                      level >= Level::kTime ? parts.minute : 0, level >= Level::kTime ? parts.second : 0);
  };
  const auto a = known(first, check.years);
  const auto b = known(second, 0);
  const bool may_be_equal = first_level == second_level ? check.or_equal : !check.comparable;
  return may_be_equal ? a <= b : a < b;
}

bool IsDate(const Field& field) {
  return field.type == ValueType::kDate || field.type == ValueType::kDateTime || field.type == ValueType::kTime;
}

std::optional<Decimal> NumberOf(const Field& field, const json::Value& value) {
  std::string text(value.text());
  if (field.comma) std::ranges::replace(text, ',', '.');
  return Decimal::Parse(text);
}

// Of texts that are dates as FHIR writes them. What is known less well than the other must be over, or not begun.
bool MomentsInOrder(std::string_view left, std::string_view right) {
  const auto early = DateTime::ParseDateTime(left);
  const auto late = DateTime::ParseDateTime(right);
  if (!early || !late) return true;
  const DatePrecision first = std::min(early->precision(), DatePrecision::kSecond);
  const DatePrecision second = std::min(late->precision(), DatePrecision::kSecond);
  return first == second ? early->Interval().start <= late->Interval().start
                         : early->Interval().end <= late->Interval().start;
}

// The local time of a value; nothing: it is none, or the zone's clocks skipped it.
struct Moment {
  WallTime wall;
  WallAnswer answer;

  std::chrono::sys_seconds First() const { return std::chrono::sys_seconds{wall.time_since_epoch() - answer.offset}; }
  std::chrono::sys_seconds Last() const { return std::chrono::sys_seconds{wall.time_since_epoch() - answer.later}; }
};

std::optional<Moment> MomentOf(const Plan& plan, const Field& field, const json::Value& value) {
  if (field.type != ValueType::kDateTime || !plan.zone) return std::nullopt;
  const auto read = ReadForms(field, value.text());
  if (!read || !read->parts.has_time) return std::nullopt;
  const WallTime wall = WallOf(read->parts);
  const WallAnswer answer = plan.zone->FromWall(wall);
  return answer.kind == WallKind::kGap ? std::nullopt : std::optional(Moment{wall, answer});
}

// Of times of day in a zone; nothing: they are not. A right one that was shown twice is the second where the first is
// out of order, and is marked so.
std::optional<bool> HoldsInZone(const Plan& plan, const RecordCheck& check, Instance* left, Instance* right) {
  if (left == nullptr || right == nullptr || !left->carries || !right->carries || check.years != 0) return std::nullopt;
  const auto early = MomentOf(plan, plan.fields[check.left], left->value);
  const auto late = MomentOf(plan, plan.fields[check.right], right->value);
  if (!early || !late) return std::nullopt;
  const auto start = left->later ? early->Last() : early->First();
  const auto ordered = [&](std::chrono::sys_seconds end) { return check.or_equal ? start <= end : start < end; };
  if (ordered(late->First())) return true;
  right->later = late->answer.kind == WallKind::kTwice && ordered(late->Last());
  return right->later;
}

}  // namespace

Result<bool> IsWithheld(const Plan& plan, const json::Value& record) {
  if (!plan.withheld_when) return false;
  return Holds(plan, *plan.withheld_when, record);
}

bool KeepsChecks(const Plan& plan, const json::Value& record) {
  return std::ranges::all_of(plan.checks, [&](const RecordCheck& check) {
    if (!check.expression) return true;
    const auto holds = Holds(plan, *check.expression, record);
    return holds && *holds;
  });
}

bool HoldsOrder(const Plan& plan, const RecordCheck& check, const json::Value& left, const json::Value& right) {
  const Field& first = plan.fields[check.left];
  const Field& second = plan.fields[check.right];
  if (left.is_null() || right.is_null() || FindToken(first, left) != nullptr || FindToken(second, right) != nullptr)
    return true;
  if (first.type == ValueType::kString && second.type == ValueType::kString) {
    return MomentsInOrder(left.text(), right.text());
  }
  if (!IsDate(first) || !IsDate(second)) {
    const auto low = NumberOf(first, left);
    const auto high = NumberOf(second, right);
    return !low || !high || *low < *high || (check.or_equal && !(*high < *low));
  }
  const auto early = ReadForms(first, left.text());
  const auto late = ReadForms(second, right.text());
  if (!early || !late) return true;
  return InOrder(early->parts, FormAt(first, early->form).level(), late->parts, FormAt(second, late->form).level(),
                 check);
}

void CheckRecord(const Plan& plan, const json::Value& record, Instance* root, Issues& issues) {
  json::Arena arena;
  for (const RecordCheck& check : plan.checks) {
    const auto report = [&](std::string location) {
      if (issues.size() >= kMaxIssues) return;
      Issue issue;
      issue.type = IssueType::kBusinessRule;
      issue.rule = "map-check";
      issue.location = std::move(location);
      issue.text = check.text;
      issues.push_back(std::move(issue));
    };
    if (check.expression) {
      const auto holds = Holds(plan, *check.expression, record);
      if (!holds) {
        issues.push_back(NotWorkedOut("the check '" + check.text + "'", *check.expression, holds.error()));
      } else if (!*holds) {
        report("");
      }
      continue;
    }
    Scope outside;
    ForEachItem(plan, check.lists, root, outside, [&](const Scope& scope) {
      const Field& first = plan.fields[check.left];
      const Field& second = plan.fields[check.right];
      const auto zoned =
          HoldsInZone(plan, check, Reach(plan, first.node, root, scope), Reach(plan, second.node, root, scope));
      const bool holds = zoned ? *zoned
                               : HoldsOrder(plan, check, LocalValue(plan, first, root, scope, arena),
                                            LocalValue(plan, second, root, scope, arena));
      if (!holds) report(PointerTo(plan, plan.fields[check.right].node, scope));
    });
  }
}

}  // namespace throughline::engine
