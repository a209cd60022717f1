#include "mappings/plan/band_table.h"

#include "fhir/json/build.h"

namespace throughline::plan {
namespace {

constexpr std::string_view kUcum = "http://unitsofmeasure.org";

}  // namespace

std::optional<Span> Span::Parse(std::string_view text) {
  const std::size_t dots = text.find("..");
  const std::string_view low = text.substr(0, dots);
  const std::string_view high = dots == std::string_view::npos ? text : text.substr(dots + 2);
  Span span;
  if (!low.empty()) span.low = Decimal::Parse(low);
  if (!high.empty()) span.high = Decimal::Parse(high);
  const bool read = (low.empty() || span.low) && (high.empty() || span.high) && (span.low || span.high);
  const bool ordered = !span.low || !span.high || !(*span.high < *span.low);
  return read && ordered ? std::optional(span) : std::nullopt;
}

bool Span::Holds(const Span& other) const {
  const bool from = !low || (other.low && !(*other.low < *low));
  const bool to = !high || (other.high && !(*high < *other.high));
  return from && to;
}

bool Span::Meets(const Span& other) const {
  const bool before = high && other.low && *high < *other.low;
  const bool behind = low && other.high && *other.high < *low;
  return !before && !behind;
}

json::Value RangeOf(const Span& span, std::string_view unit, json::Arena& arena) {
  const auto end = [&](const Decimal& number) {
    json::ObjectBuilder quantity(arena);
    quantity.Add("value", json::Value::Number(arena.Copy(number.text())));
    if (!unit.empty()) {
      quantity.Add("unit", json::Value::String(unit));
      quantity.Add("system", json::Value::String(kUcum));
      quantity.Add("code", json::Value::String(unit));
    }
    return quantity.Build();
  };
  json::ObjectBuilder range(arena);
  if (span.low) range.Add("low", end(*span.low));
  if (span.high) range.Add("high", end(*span.high));
  return range.Build();
}

}  // namespace throughline::plan
