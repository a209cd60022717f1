// The time of the evaluation, and trace().
#include "fhir/base/date_time.h"
#include "fhir/path/functions.h"

namespace throughline::path {
namespace {

// "2025-02-03T14:10:00.123" in the zone of the environment.
std::string LocalNow(Invocation& call) {
  std::string text = FormatInstant(call.run().environment().now + call.run().environment().zone);
  text.pop_back();
  return text;
}

bool AddClock(Invocation& call, std::string_view text, Item (*make)(std::string_view), Collection& out) {
  std::string_view kept;
  if (!call.run().Keep(call.offset(), text, kept)) return false;
  out.Add(make(kept));
  return true;
}

constexpr std::size_t kDateSize = 10;

std::string TwoDigits(std::int64_t value) {
  return {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
}

}  // namespace

bool Now(Invocation& call, Collection& out) {
  std::string text = LocalNow(call);
  const std::int64_t east = call.run().environment().zone.count();
  const std::int64_t size = east < 0 ? -east : east;
  text += east == 0 ? "Z" : (east < 0 ? "-" : "+") + TwoDigits(size / 60) + ":" + TwoDigits(size % 60);
  return AddClock(call, text, Item::DateTime, out);
}

bool Today(Invocation& call, Collection& out) {
  return AddClock(call, LocalNow(call).substr(0, kDateSize), Item::Date, out);
}

bool TimeOfDay(Invocation& call, Collection& out) {
  return AddClock(call, LocalNow(call).substr(kDateSize + 1), Item::Time, out);
}

bool Trace(Invocation& call, Collection& out) {
  std::optional<std::string_view> name;
  if (!call.TextArgument(0, name)) return false;
  out.Append(call.input());
  std::vector<TraceLine>* trace = call.run().environment().trace;
  if (trace == nullptr) return true;
  TraceLine line{std::string(name.value_or("")), {}};
  if (call.argument_count() == 1) line.value.Append(call.input());
  for (std::size_t i = 0; call.argument_count() == 2 && i < call.input().size(); ++i) {
    if (!call.ArgumentFor(1, call.input()[i], static_cast<std::int64_t>(i), line.value)) return false;
  }
  trace->push_back(std::move(line));
  return true;
}

bool DefineVariable(Invocation& call, Collection& out) {
  std::optional<std::string_view> name;
  Collection value(call.run().pool());
  if (!call.TextArgument(0, name)) return false;
  if (!name) return call.Fail("the variable has no name");
  if (call.argument_count() == 1) {
    value.Append(call.input());
  } else if (!call.ArgumentOnInput(1, value)) {
    return false;
  }
  out.Append(call.input());
  return call.run().Define(call.offset(), *name, std::move(value));
}

}  // namespace throughline::path
