// `time-of`: a field that holds the time of day of a date in another field. Both become one element.
#include <algorithm>
#include <string>

#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

class Clock {
 public:
  Clock(Binding& binding, Index clock, const YamlNode& value)
      : binding_(binding), plan_(binding.plan), index_(clock), clock_(plan_.fields[clock]), value_(value) {}

  void Bind() {
    const Index index = FieldNamed(binding_, value_, "time-of");
    if (index == kNone) return;
    Field& date = plan_.fields[index];
    std::string wrong = WrongHere();
    if (wrong.empty()) wrong = WrongWith(date);
    if (!wrong.empty()) {
      return binding_.diagnostics.Error("map-time-of", value_.mark, std::max<std::size_t>(value_.text.size(), 1),
                                        std::move(wrong));
    }
    date.clock = index_;
    clock_.date = index;
    clock_.type = ValueType::kTime;
    plan_.clocks.push_back(index_);
  }

 private:
  // What the entry of the time of day may not say; empty: it is sound.
  std::string WrongHere() const {
    const auto says = [&](const auto& pair) { return pair.first == index_; };
    const bool elsewhere = !clock_.target.empty() || !clock_.dropped.empty() || clock_.when != kNone ||
                           std::ranges::any_of(binding_.derives, says) ||
                           std::ranges::any_of(binding_.field_wheres, says);
    const bool coded = clock_.table != kNone || clock_.bands != kNone || !clock_.yes.empty() || !clock_.no.empty();
    if (elsewhere) return "where it goes, and when, is said of the date";
    if (coded || (clock_.typed && clock_.type != ValueType::kTime)) return "what stands here is a time of day";
    const bool split = clock_.part >= 0 || !plan_.nodes[clock_.node].separator.empty();
    return split ? "a time of day is no part of a split field" : "";
  }

  std::string WrongWith(const Field& date) const {
    if (&date == &clock_ || date.date != kNone) return "this names the field that holds the date";
    const bool goes = !date.target.empty() && plan_.nodes[date.node].fields.size() == 1 && date.when == kNone;
    if (!goes || date.part >= 0) return "the date is a whole field that goes to one place, without conditions";
    if (date.typed && date.type == ValueType::kDateTime)
      return "say 'type: date' of '" + date.path + "': with its time of day it becomes a dateTime";
    const bool coded = date.table != kNone || date.bands != kNone || !date.yes.empty();
    if (coded || (date.typed && date.type != ValueType::kDate)) return "'" + date.path + "' is no date";
    if (StarsOf(plan_, date.node) != StarsOf(plan_, clock_.node))
      return "a date and its time of day both stand once in a record, or in the same list's item";
    if (plan_.nodes[clock_.node].across.size() > plan_.nodes[date.node].across.size())
      return "the time of day stands across more columns than its date";
    if (clock_.required && !date.required) return "the time of day is 'required' and its date is not";
    if (clock_.kept && !date.kept) return "'withhold' keeps the time of day and not its date";
    if (date.clock == kNone) return {};
    return "'" + date.path + "' has a time of day already: '" + plan_.fields[date.clock].path + "'";
  }

  Binding& binding_;
  Plan& plan_;
  Index index_;
  Field& clock_;
  const YamlNode& value_;
};

}  // namespace

void BindTimeOf(Binding& binding, Index field, const YamlNode& value) { binding.time_ofs.emplace_back(field, &value); }

void BindClocks(Binding& binding) {
  for (const auto& [field, value] : binding.time_ofs) Clock(binding, field, *value).Bind();
}

std::optional<TransformId> BindMoment(Binding& binding, Field& date, definitions::TypeId id, Index resource,
                                      Mark mark) {
  const std::string_view type = binding.definitions.type(id).name;
  if (type != "dateTime" && type != "instant") {
    binding.diagnostics.Error(
        "map-time-of", mark, date.target.size(),
        "a date with a time of day becomes a dateTime or an instant, and here stands a " + std::string(type));
    return std::nullopt;
  }
  date.type = ValueType::kDate;
  Field& clock = binding.plan.fields[date.clock];
  clock.mapped = true;
  clock.target = date.target;
  binding.plan.resources[resource].feeds.push_back(date.clock);
  return TransformId::kMoment;
}

}  // namespace throughline::language
