// Codes that stand for a span of numbers: 34 is 91 to 120 days. Private to the room.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/decimal.h"
#include "fhir/json/value.h"

namespace throughline::engine {

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

struct Bands {
  std::string unit;          // UCUM; empty: none
  std::vector<Band> rows;    // none meets another
  std::optional<Span> same;  // whole numbers that stand for themselves
};

}  // namespace throughline::engine
