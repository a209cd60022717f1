#include "mappings/review/generate_clocks.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "mappings/engine/instance.h"
#include "mappings/plan/absence.h"
#include "mappings/plan/time_forms.h"
#include "mappings/review/generate_spelling.h"
#include "mappings/review/record_paths.h"

namespace throughline::review {
namespace {

// The date or time that a member says; nothing where it says none.
std::optional<TimeParts> SaidBy(const Plan& plan, const Field& field, const json::Value* given, json::Arena& arena) {
  const json::Value value = given == nullptr ? json::Value() : ReadAs(plan, field, *given, arena);
  if (!value.is_string() || FindToken(field, value) != nullptr) return std::nullopt;
  const auto read = ReadForms(field, value.text());
  return read ? std::optional(read->parts) : std::nullopt;
}

using ClockChange =
    std::function<std::optional<json::Value>(const Field& clock, const json::Value& at, Parts date, Parts time)>;

json::Value AtEachClock(const Plan& plan, json::Value record, const ClockChange& change, json::Arena& arena) {
  for (const Index index : plan.clocks) {
    const Field& clock = plan.fields[index];
    const auto dates = FieldPlaces(plan, clock.date);
    const auto times = FieldPlaces(plan, index);
    for (std::size_t item = 0; item < std::min(dates.size(), times.size()); ++item) {
      record = WherePathsPart(
          record, dates[item], times[item],
          [&](const json::Value& at, Parts left, Parts right) { return change(clock, at, left, right); }, arena);
    }
  }
  return record;
}

}  // namespace

bool IsShown(const Plan& plan, const TimeParts& parts) {
  if (!plan.zone) return true;  // of a field that goes nowhere
  const WallAnswer answer = plan.zone->FromWall(WallOf(parts));
  return answer.kind != WallKind::kGap && answer.offset.count() % 60 == 0;
}

json::Value WithDatesOfClocks(const Plan& plan, json::Value record, json::Arena& arena) {
  return AtEachClock(
      plan, record,
      [&](const Field& clock, const json::Value& at, Parts date, Parts time) -> std::optional<json::Value> {
        const auto day = SaidBy(plan, plan.fields[clock.date], ValueAt(at, date), arena);
        if ((day && day->day > 0) || !SaidBy(plan, clock, ValueAt(at, time), arena)) return std::nullopt;
        const LocalNode& node = plan.nodes[clock.node];
        return node.usual == Form::kOmitted ? TakeAt(at, time, arena)
                                            : PutAt(at, time, engine::NothingOf(plan, node), arena);
      },
      arena);
}

bool ShowsClocks(const Plan& plan, const json::Value& record, json::Arena& arena) {
  bool shown = true;
  AtEachClock(
      plan, record,
      [&](const Field& clock, const json::Value& at, Parts date, Parts time) -> std::optional<json::Value> {
        auto day = SaidBy(plan, plan.fields[clock.date], ValueAt(at, date), arena);
        const auto hours = SaidBy(plan, clock, ValueAt(at, time), arena);
        if (!day || !hours || day->day == 0) return std::nullopt;
        day->hour = hours->hour;
        day->minute = hours->minute;
        day->second = hours->second;
        shown = shown && IsShown(plan, *day);
        return std::nullopt;
      },
      arena);
  return shown;
}

}  // namespace throughline::review
