// Codes that stand for a span of numbers: 34 is 91 to 120 days.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/decimal.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"

namespace throughline::plan {

// From `low` to `high`, ends included; an end that is missing is open.
struct Span {
  std::optional<Decimal> low;
  std::optional<Decimal> high;

  // "31..45", "366..", "..5", "7"; nothing for anything else.
  static std::optional<Span> Parse(std::string_view text);
  bool Holds(const Span& other) const;
  bool Meets(const Span& other) const;
  friend bool operator==(const Span& a, const Span& b) { return a.low == b.low && a.high == b.high; }
};

struct Band {
  std::string code;
  Span span;
  json::Value range;  // https://hl7.org/fhir/R4/datatypes.html#Range
};

// The Range of a span in a unit.
json::Value RangeOf(const Span& span, std::string_view unit, json::Arena& arena);

struct Bands {
  std::string unit;          // UCUM; empty: none
  std::vector<Band> rows;    // none meets another
  std::optional<Span> same;  // whole numbers that stand for themselves
};

}  // namespace throughline::plan
