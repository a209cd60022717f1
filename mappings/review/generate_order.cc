#include "mappings/review/generate_order.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/decimal.h"
#include "fhir/json/build.h"
#include "mappings/engine/checks.h"
#include "mappings/language/binder.h"
#include "mappings/plan/time_forms.h"
#include "mappings/review/generate_clocks.h"
#include "mappings/review/generate_spelling.h"
#include "mappings/review/record_paths.h"

namespace throughline::review {
namespace {

constexpr int kPasses = 4;

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
        const auto lefts = FieldPlaces(plan_, check->left);
        const auto rights = FieldPlaces(plan_, check->right);
        for (place_ = 0; place_ < std::min(lefts.size(), rights.size()); ++place_) {
          record = WherePathsPart(
              record, lefts[place_], rights[place_],
              [&](const json::Value& at, Parts first, Parts second) { return Mended(*check, at, first, second); },
              arena_);
        }
      }
      if (!changed_) return {record, true};
    }
    return {record, false};
  }

 private:
  static bool SameForm(const Field& a, const Field& b) {
    if (!a.other_formats.empty() || !b.other_formats.empty()) return false;
    if (!a.format || !b.format) return !a.format && !b.format;
    return a.format->has_month() == b.format->has_month() && a.format->has_day() == b.format->has_day() &&
           a.format->has_time() == b.format->has_time() && a.format->has_seconds() == b.format->has_seconds();
  }

  // In the group where the paths part; nothing: it stays as it is.
  std::optional<json::Value> Mended(const RecordCheck& check, const json::Value& at, Parts left, Parts right) {
    const json::Value first = ReadAt(check.left, at, left);
    const json::Value second = ReadAt(check.right, at, right);
    if (IsNothing(first, check.left) || IsNothing(second, check.right) ||
        engine::HoldsOrder(plan_, check, Timed(check.left, at, left, first), Timed(check.right, at, right, second)))
      return std::nullopt;
    changed_ = true;
    if (plan_.fields[check.left].format && plan_.fields[check.right].format)
      return PutAt(at, right, Later(check, first), arena_);
    if (plan_.fields[check.left].type == ValueType::kString) return PutAt(at, right, first, arena_);
    // Numbers change places, each within its own range.
    const json::Value changed = PutAt(at, left, Number(check.left, second), arena_);
    return PutAt(changed, right, Number(check.right, first), arena_);
  }

  // The value with its time of day, where that stands in another field of the same group.
  engine::OrderedValue Timed(Index index, const json::Value& at, Parts path, const json::Value& value) const {
    const Index clock = plan_.fields[index].clock;
    if (clock == kNone) return {value, {}};
    const auto wholes = FieldPlaces(plan_, index);
    const auto times = FieldPlaces(plan_, clock);
    if (place_ >= times.size()) return {value, {}};
    const std::vector<std::string_view>& whole = wholes[place_];
    const std::vector<std::string_view>& time = times[place_];
    const std::size_t above = std::min(whole.size() - path.size(), time.size());
    const json::Value found = ReadAt(clock, at, Parts(time).subspan(above));
    return {value, IsNothing(found, clock) ? json::Value() : found};
  }

  // What the map reads there; null: nothing stands there.
  json::Value ReadAt(Index field, const json::Value& at, Parts path) const {
    const json::Value* found = ValueAt(at, path);
    return found == nullptr ? json::Value() : ReadAs(plan_, plan_.fields[field], *found, arena_);
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
    const bool timed = left.clock != kNone || right.clock != kNone;
    const bool same = !timed && check.or_equal && SameForm(left, right) && dice_.Percent(50);
    parts->year += check.years + (same ? 0 : 1);
    if (!right.format->CanWrite(*parts)) parts->year = read->parts.year;
    if (parts->month == 0) parts->month = 12;
    if (parts->day == 0) parts->day = 28;
    if (parts->month == 2 && parts->day == 29) parts->day = 28;
    if (right.type == ValueType::kDateTime && !IsShown(plan_, *parts)) parts->day = parts->day > 14 ? 1 : 28;
    std::string text;
    right.format->Write(*parts, text);
    return json::Value::String(arena_.Copy(text));
  }

  const Plan& plan_;
  Dice& dice_;
  json::Arena& arena_;
  std::vector<const RecordCheck*> orders_;
  std::size_t place_ = 0;  // of the item, of fields that stand across members
  bool changed_ = false;
};

}  // namespace

OrderedRecord Ordered(const Plan& plan, json::Value record, Dice& dice, json::Arena& arena) {
  return Orders(plan, dice, arena).Apply(record);
}

}  // namespace throughline::review
