#include "mappings/review/generate_order.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/decimal.h"
#include "fhir/json/build.h"
#include "mappings/engine/checks.h"
#include "mappings/language/binder.h"
#include "mappings/plan/time_forms.h"

namespace throughline::review {
namespace {

constexpr int kPasses = 4;

using Parts = std::span<const std::string_view>;

class Orders {
 public:
  Orders(const Plan& plan, Dice& dice, json::Arena& arena) : plan_(plan), dice_(dice), arena_(arena) {
    for (const RecordCheck& check : plan.checks) {
      if (!check.expression) orders_.push_back(&check);
    }
  }

  OrderedRecord Apply(json::Value record) {
    for (int pass = 0; pass < kPasses; ++pass) {
      changed_ = false;
      for (const RecordCheck* check : orders_) {
        const std::vector<std::string_view> left = PathOf(check->left);
        const std::vector<std::string_view> right = PathOf(check->right);
        record = Within(*check, record, left, right);
      }
      if (!changed_) return {record, true};
    }
    return {record, false};
  }

 private:
  std::vector<std::string_view> PathOf(Index field) const {
    return CutPath(plan_.nodes[plan_.fields[field].node].path);
  }

  static bool SameForm(const Field& a, const Field& b) {
    if (!a.other_formats.empty() || !b.other_formats.empty()) return false;
    if (!a.format || !b.format) return !a.format && !b.format;
    return a.format->has_month() == b.format->has_month() && a.format->has_day() == b.format->has_day() &&
           a.format->has_time() == b.format->has_time() && a.format->has_seconds() == b.format->has_seconds();
  }

  // `left` and `right` go together as far as they are the same; stars are all items.
  json::Value Within(const RecordCheck& check, const json::Value& at, Parts left, Parts right) {
    if (left.size() > 1 && right.size() > 1 && left.front() == right.front()) {
      if (left.front() == "*") return InItems(check, at, left.subspan(1), right.subspan(1));
      const json::Value* below = MemberOf(at, left.front());
      if (below == nullptr) return at;
      const bool before = std::exchange(changed_, false);
      const json::Value changed = Within(check, *below, left.subspan(1), right.subspan(1));
      if (changed_) return WithMember(at, left.front(), changed, arena_);
      changed_ = before;
      return at;
    }
    const json::Value* first = ValueAt(at, left);
    const json::Value* second = ValueAt(at, right);
    if (first == nullptr || second == nullptr || IsNothing(*first, check.left) || IsNothing(*second, check.right) ||
        engine::HoldsOrder(plan_, check, *first, *second))
      return at;
    changed_ = true;
    if (plan_.fields[check.left].format && plan_.fields[check.right].format)
      return Put(at, right, Later(check, *first));
    if (plan_.fields[check.left].type == ValueType::kString) return Put(at, right, *first);
    // Numbers change places, each within its own range.
    const json::Value changed = Put(at, left, Number(check.left, *second));
    return Put(changed, right, Number(check.right, *first));
  }

  json::Value Number(Index field, const json::Value& value) {
    const Field& at = plan_.fields[field];
    std::string text(value.text());
    std::ranges::replace(text, ',', '.');
    const auto number = Decimal::Parse(text);
    if (number && at.low && *number < *at.low) text = at.low->text();
    if (number && at.high && *at.high < *number) text = at.high->text();
    if (at.comma) std::ranges::replace(text, '.', ',');
    const std::string_view kept = arena_.Copy(text);
    return at.textual ? json::Value::String(kept) : json::Value::Number(kept);
  }

  json::Value InItems(const RecordCheck& check, const json::Value& list, Parts left, Parts right) {
    if (!list.is_array()) return list;
    json::ArrayBuilder items(arena_);
    for (const json::Value& item : list.items()) items.Add(Within(check, item, left, right));
    return items.Build();
  }

  // Null where a list stands between.
  static const json::Value* ValueAt(const json::Value& at, Parts parts) {
    const json::Value* value = &at;
    for (const std::string_view part : parts) {
      value = MemberOf(*value, part);
      if (value == nullptr) return nullptr;
    }
    return value;
  }

  json::Value Put(const json::Value& at, Parts parts, const json::Value& value) {
    if (parts.empty()) return value;
    return WithMember(at, parts.front(), Put(*MemberOf(at, parts.front()), parts.subspan(1), value), arena_);
  }

  bool IsNothing(const json::Value& value, Index field) const {
    const LocalNode& node = plan_.nodes[plan_.fields[field].node];
    return value.text().empty() || (node.usual == Form::kWord && value.text() == node.word);
  }

  // A value of the right field that is not before `first`.
  json::Value Later(const RecordCheck& check, const json::Value& first) {
    const Field& left = plan_.fields[check.left];
    const Field& right = plan_.fields[check.right];
    const auto read = ReadForms(left, first.text());
    if (!read || right.type == ValueType::kTime) return first;
    std::optional<TimeParts> parts = read->parts;
    const bool same = check.or_equal && SameForm(left, right) && dice_.Percent(50);
    parts->year += check.years + (same ? 0 : 1);
    if (parts->month == 0) parts->month = 12;
    if (parts->day == 0) parts->day = 28;
    if (parts->month == 2 && parts->day == 29) parts->day = 28;
    if (right.type == ValueType::kDateTime && IsSkipped(*parts)) parts->day = parts->day > 14 ? 1 : 28;
    std::string text;
    right.format->Write(*parts, text);
    return json::Value::String(arena_.Copy(text));
  }

  bool IsSkipped(const TimeParts& parts) const {
    return plan_.zone && plan_.zone->FromWall(WallOf(parts)).kind == WallKind::kGap;
  }

  const Plan& plan_;
  Dice& dice_;
  json::Arena& arena_;
  std::vector<const RecordCheck*> orders_;
  bool changed_ = false;
};

}  // namespace

OrderedRecord Ordered(const Plan& plan, json::Value record, Dice& dice, json::Arena& arena) {
  return Orders(plan, dice, arena).Apply(record);
}

}  // namespace throughline::review
