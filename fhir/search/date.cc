// https://hl7.org/fhir/R4/search.html#date
#include <algorithm>

#include "fhir/base/date_time.h"
#include "fhir/path/expression.h"
#include "fhir/search/types.h"

namespace throughline::search {
namespace {

constexpr std::chrono::microseconds kPoint{1};

bool HasDigitsBelowMicroseconds(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return false;
  const std::string_view fraction = text.substr(point + 1);
  const std::string_view digits = fraction.substr(0, fraction.find_first_not_of("0123456789"));
  return digits.size() > 6 && digits.find_first_not_of('0', 6) != std::string_view::npos;
}

// A fraction of a second is a point in time, whatever its digits; points are told apart by microseconds.
std::optional<DateSpan> SpanOf(std::string_view text) {
  const std::optional<DateTime> at = DateTime::ParsePartial(text);
  if (!at) return std::nullopt;
  const throughline::Period interval = at->Interval();
  if (at->precision() != DatePrecision::kFraction) return DateSpan{interval.start, interval.end};
  return DateSpan{interval.start, interval.start + kPoint};
}

// An end that is not there is open; one that cannot be read makes no row.
std::optional<DateSpan> PeriodSpan(const json::Value& period) {
  const json::Value start = period.Get("start");
  const json::Value end = period.Get("end");
  if (!start.is_string() && !end.is_string()) return std::nullopt;
  DateSpan span;
  if (start.is_string()) {
    const std::optional<DateSpan> first = SpanOf(start.text());
    if (!first) return std::nullopt;
    span.start = first->start;
  }
  if (end.is_string()) {
    const std::optional<DateSpan> last = SpanOf(end.text());
    if (!last) return std::nullopt;
    span.end = last->end;
  }
  return span;
}

// The outer limits of all that is said.
std::optional<DateSpan> TimingSpan(const json::Value& timing) {
  std::optional<DateSpan> span = PeriodSpan(timing.Get("repeat").Get("boundsPeriod"));
  for (const json::Value& event : timing.Get("event").items()) {
    const std::optional<DateSpan> at = SpanOf(event.text());
    if (!at) continue;
    span = span ? DateSpan{std::min(span->start, at->start), std::max(span->end, at->end)} : *at;
  }
  return span;
}

Instant Shifted(Instant at, std::chrono::microseconds by) {
  if (at == kBeginningOfTime || at == kEndOfTime) return at;
  return at + by;
}

// A tenth of the distance from now, to both sides.
DateSpan Approximate(const DateSpan& span, Instant now) {
  const auto to_start = now > span.start ? now - span.start : span.start - now;
  const auto to_end = now > span.end ? now - span.end : span.end - now;
  return {Shifted(span.start, -to_start / 10), Shifted(span.end, to_end / 10)};
}

}  // namespace

void AddDateRows(RowSink& sink, const path::Item& item) {
  std::optional<DateSpan> span;
  if (item.is_node() && item.value().is_object()) {
    const std::string_view type = TypeOf(sink.definitions, item);
    span = type == "Period" ? PeriodSpan(item.value()) : type == "Timing" ? TimingSpan(item.value()) : std::nullopt;
  } else {
    path::Item value;
    const bool date = path::ToSystem(sink.definitions, item, value) &&
                      (value.kind() == path::ItemKind::kDate || value.kind() == path::ItemKind::kDateTime);
    if (date) span = SpanOf(value.text());
  }
  if (span && span->start < span->end) sink.Add(*span);
}

bool ReadDateValue(const ValueContext& context, std::string_view text, ConditionValue& out) {
  std::string plain;
  if (!Unescaped(text, plain)) return false;
  std::string_view rest = plain;
  DateValue value;
  value.prefix = TakePrefix(rest);
  std::optional<DateSpan> span = SpanOf(rest);
  if (!span) return false;
  // What lies between two microseconds equals neither and is after the earlier one.
  if (value.prefix != Prefix::kEb && HasDigitsBelowMicroseconds(rest)) span->start += kPoint;
  value.span = value.prefix == Prefix::kAp ? Approximate(*span, context.options.now) : *span;
  out = value;
  return true;
}

bool DateMatches(Modifier, const ConditionValue& value, const IndexRow& row) {
  const auto* span = std::get_if<DateSpan>(&row.value);
  const auto* wanted = std::get_if<DateValue>(&value);
  if (span == nullptr || wanted == nullptr) return false;
  const auto [start, end] = wanted->span;
  const bool equal = start <= span->start && span->end <= end;
  switch (wanted->prefix) {
    case Prefix::kEq:
      return equal;
    case Prefix::kNe:
      return !equal;
    case Prefix::kGt:
      return span->end > end;
    case Prefix::kLt:
      return span->start < start;
    case Prefix::kGe:
      return equal || span->end > end;
    case Prefix::kLe:
      return equal || span->start < start;
    case Prefix::kSa:
      return span->start >= end;
    case Prefix::kEb:
      return span->end <= start;
    case Prefix::kAp:
      return span->start < end && span->end > start;
  }
  return false;
}

}  // namespace throughline::search
