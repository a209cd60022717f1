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

bool SaysNothing(const Field& field, const json::Value& value) {
  return value.is_null() || FindToken(field, value) != nullptr;
}

// The moment that stands there, and how much of it is known.
std::optional<TimeParts> Reckoned(const Plan& plan, const Field& field, const OrderedValue& given, Level& level) {
  const auto date = ReadForms(field, given.value.text());
  if (!date) return std::nullopt;
  TimeParts parts = date->parts;
  level = FormAt(field, date->form).level();
  const bool timed = field.clock != kNone && !given.clock.is_null();
  const auto time = timed ? ReadForms(plan.fields[field.clock], given.clock.text()) : std::nullopt;
  if (time && level == Level::kDay) {
    level = Level::kTime;
    parts.hour = time->parts.hour;
    parts.minute = time->parts.minute;
    parts.second = time->parts.second;
  }
  return parts;
}

OrderedValue OrderedAt(const Plan& plan, Index index, Instance* root, const Scope& scope, json::Arena& arena) {
  const Field& field = plan.fields[index];
  OrderedValue found{LocalValue(plan, field, root, scope, arena), {}};
  if (field.clock != kNone) found.clock = LocalValue(plan, plan.fields[field.clock], root, scope, arena);
  return found;
}

// The local time of a value; nothing: it is none, or the zone's clocks skipped it.
struct Moment {
  WallTime wall;
  WallAnswer answer;

  std::chrono::sys_seconds First() const { return std::chrono::sys_seconds{wall.time_since_epoch() - answer.offset}; }
  std::chrono::sys_seconds Last() const { return std::chrono::sys_seconds{wall.time_since_epoch() - answer.later}; }
};

std::optional<Moment> MomentOf(const Plan& plan, const Field& field, const OrderedValue& given) {
  if ((field.type != ValueType::kDateTime && field.clock == kNone) || !plan.zone) return std::nullopt;
  Level level{};
  const auto read = Reckoned(plan, field, given, level);
  if (!read || level != Level::kTime) return std::nullopt;
  const WallTime wall = WallOf(*read);
  const WallAnswer answer = plan.zone->FromWall(wall);
  return answer.kind == WallKind::kGap ? std::nullopt : std::optional(Moment{wall, answer});
}

// Of times of day in a zone; nothing: they are not. A right one that was shown twice is the second where the first is
// out of order, and is marked so.
std::optional<bool> HoldsInZone(const Plan& plan, const RecordCheck& check, const OrderedValue& first,
                                const OrderedValue& second, Instance* left, Instance* right) {
  const bool said =
      !SaysNothing(plan.fields[check.left], first.value) && !SaysNothing(plan.fields[check.right], second.value);
  if (left == nullptr || right == nullptr || !said || check.years != 0) return std::nullopt;
  const auto early = MomentOf(plan, plan.fields[check.left], first);
  const auto late = MomentOf(plan, plan.fields[check.right], second);
  if (!early || !late) return std::nullopt;
  const auto start = left->later ? early->Last() : early->First();
  const auto ordered = [&](std::chrono::sys_seconds end) { return check.or_equal ? start <= end : start < end; };
  if (ordered(late->First())) return true;
  right->later = late->answer.kind == WallKind::kTwice && ordered(late->Last());
  return right->later;
}

// A time of day means nothing without its date.
void CheckClocks(const Plan& plan, Instance* root, Issues& issues) {
  json::Arena arena;
  for (const Index index : plan.clocks) {
    const Field& clock = plan.fields[index];
    Scope outside;
    ForEachItem(plan, StarsOf(plan, clock.node), root, outside, [&](const Scope& scope) {
      const bool said = !LocalValue(plan, clock, root, scope, arena).is_null();
      const Field& date = plan.fields[clock.date];
      if (!said || !SaysNothing(date, LocalValue(plan, date, root, scope, arena)) || issues.size() >= kMaxIssues)
        return;
      Issue issue;
      issue.type = IssueType::kBusinessRule;
      issue.rule = "map-date";
      issue.location = PointerTo(plan, clock.node, scope);
      issue.text = "a time of day stands here, and its date, '" + date.path + "', says nothing";
      issues.push_back(std::move(issue));
    });
  }
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

bool HoldsOrder(const Plan& plan, const RecordCheck& check, const OrderedValue& left, const OrderedValue& right) {
  const Field& first = plan.fields[check.left];
  const Field& second = plan.fields[check.right];
  if (SaysNothing(first, left.value) || SaysNothing(second, right.value)) return true;
  if (first.type == ValueType::kString && second.type == ValueType::kString) {
    return MomentsInOrder(left.value.text(), right.value.text());
  }
  if (!IsDate(first) || !IsDate(second)) {
    const auto low = NumberOf(first, left.value);
    const auto high = NumberOf(second, right.value);
    return !low || !high || *low < *high || (check.or_equal && !(*high < *low));
  }
  Level first_level{};
  Level second_level{};
  const auto early = Reckoned(plan, first, left, first_level);
  const auto late = Reckoned(plan, second, right, second_level);
  return !early || !late || InOrder(*early, first_level, *late, second_level, check);
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
      const OrderedValue first = OrderedAt(plan, check.left, root, scope, arena);
      const OrderedValue second = OrderedAt(plan, check.right, root, scope, arena);
      const auto zoned = HoldsInZone(plan, check, first, second, Reach(plan, plan.fields[check.left].node, root, scope),
                                     Reach(plan, plan.fields[check.right].node, root, scope));
      const bool holds = zoned ? *zoned : HoldsOrder(plan, check, first, second);
      if (!holds) report(PointerTo(plan, plan.fields[check.right].node, scope));
    });
  }
  CheckClocks(plan, root, issues);
}

}  // namespace throughline::engine
