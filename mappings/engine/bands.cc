#include "mappings/engine/bands.h"

#include <algorithm>

#include "mappings/engine/table_transforms.h"
#include "mappings/plan/local_code.h"

namespace throughline::engine {
namespace {

const Bands& BandsOf(const Conversion& at) { return at.findings.plan.bands[at.field.bands]; }

// A whole number as a source writes it: no sign before zero, no zero in front, no point.
bool IsWhole(std::string_view text) {
  return IsJsonNumber(text) && text.find_first_of(".eE") == std::string_view::npos && text != "-0";
}

bool WriteCode(const Conversion& at, std::string_view code, json::Value& out) {
  const auto value = CodeValue(at.field, at.arena.Copy(code));
  if (value) out = *value;
  return value.has_value();
}

// The number at an end of a Range; false: another unit, or no number.
bool ReadEnd(const json::Value& quantity, std::string_view unit, std::optional<Decimal>& end) {
  if (quantity.is_null()) return true;
  const std::string_view code = quantity.Get("code").text();
  const bool other = !code.empty() && code != unit;
  const bool compared = !quantity.Get("comparator").is_null();
  end = Decimal::Parse(quantity.Get("value").text());
  return !other && !compared && end.has_value();
}

}  // namespace

bool BandToFhir(const Conversion& at, const json::Value& local, FhirValue& out) {
  const Bands& bands = BandsOf(at);
  const auto code = LocalCodeOf(at, local);
  if (!code) return false;
  const auto row = std::ranges::find(bands.rows, *code, &Band::code);
  if (row != bands.rows.end()) {
    out.value = row->range;
    return true;
  }
  const auto number = IsWhole(*code) ? Decimal::Parse(*code) : std::nullopt;
  const Span own{number, number};
  if (number && bands.same && bands.same->Holds(own)) {
    out.value = RangeOf(own, bands.unit, at.arena);
    return true;
  }
  at.Problem("map-band", "the map has no band of this code");
  return false;
}

bool BandToLocal(const Conversion& at, const json::Value& value, const json::Value&, json::Value& out) {
  const Bands& bands = BandsOf(at);
  Span span;
  const bool read =
      ReadEnd(value.Get("low"), bands.unit, span.low) && ReadEnd(value.Get("high"), bands.unit, span.high);
  if (!read || (!span.low && !span.high)) {
    at.Loss(LedgerKind::kUnmapped, "this is no range of numbers in the map's unit");
    return false;
  }
  const bool point = span.low && span.high && *span.low == *span.high && IsWhole(span.low->text());
  if (point && bands.same && bands.same->Holds(span)) return WriteCode(at, span.low->text(), out);
  const auto holder = std::ranges::find_if(bands.rows, [&](const Band& band) { return band.span.Holds(span); });
  if (holder == bands.rows.end()) {
    at.Loss(LedgerKind::kUnmapped, "no band of the map holds this range");
    return false;
  }
  if (!(holder->span == span))
    at.Loss(LedgerKind::kCoarsened, "the source knows the band only in which this range lies");
  return WriteCode(at, holder->code, out);
}

}  // namespace throughline::engine
