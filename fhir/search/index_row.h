// What the search index holds: rows of values taken out of resources.
// https://hl7.org/fhir/R4/search.html#ptypes
#pragma once

#include <compare>
#include <string>
#include <variant>
#include <vector>

#include "fhir/base/clock.h"

namespace throughline::search {

// Open ends of periods.
inline constexpr Instant kBeginningOfTime = Instant::min();
inline constexpr Instant kEndOfTime = Instant::max();

// A code, identifier, flag or contact number.
struct Token {
  std::string system;    // empty: none is stated, or the one that is implied is not known
  std::string code;      // as written; may be empty (an identifier with a system only)
  std::string folded;    // `code` with ASCII letters in lower case: tokens are compared without case
  bool implied = false;  // a bare code: its element implies the system, so `|code` matches too; where the system is not
                         // known, `system|code` matches by code alone
  auto operator<=>(const Token&) const = default;
};

// Where a reference points. Local ones have type and id and no url.
struct Reference {
  std::string type;     // "Patient"; of an absolute URL too when it can be read from it; empty when not known
  std::string id;       // of a local reference
  std::string url;      // absolute URL, urn or canonical, without version; empty for local references
  std::string version;  // of `|version` or `/_history/version`; empty: none
  auto operator<=>(const Reference&) const = default;
};

// The instants [start, end) that a date covers.
struct DateSpan {
  Instant start = kBeginningOfTime;
  Instant end = kEndOfTime;
  auto operator<=>(const DateSpan&) const = default;
};

struct String {
  std::string value;   // as written
  std::string folded;  // without case, accents and extra white space; see search/fold.h
  auto operator<=>(const String&) const = default;
};

struct Uri {
  std::string value;
  auto operator<=>(const Uri&) const = default;
};

// A number, or the numbers [low, high] of a Range. The ends are order keys: texts that compare as the numbers do (see
// search/number_key.h); "" and "~" stand for open ends.
struct Number {
  std::string low;
  std::string high;
  std::string value;  // the literal; empty for ranges
  auto operator<=>(const Number&) const = default;
};

// `canonical`: the same amount in UCUM's base units, beside the row of what was written.
struct Quantity {
  Number number;
  std::string system;
  std::string code;
  std::string unit;
  bool canonical = false;
  auto operator<=>(const Quantity&) const = default;
};

struct IndexRow;

// Values that belong together, one for each component of a composite parameter; each is of one of the other kinds.
struct Composite {
  std::vector<IndexRow> parts;
  bool operator==(const Composite& other) const;
  std::strong_ordering operator<=>(const Composite& other) const;
};

// One value of one resource under one parameter. `parameter` is the code in the URL ("subject"), with the modifier for
// what only that modifier looks at ("subject:identifier", "code:text").
struct IndexRow {
  std::string parameter;
  std::variant<Token, Reference, DateSpan, String, Uri, Number, Quantity, Composite> value;
  bool operator==(const IndexRow&) const = default;
  std::strong_ordering operator<=>(const IndexRow&) const = default;  // some order, for sorting
};

inline bool Composite::operator==(const Composite& other) const { return parts == other.parts; }
inline std::strong_ordering Composite::operator<=>(const Composite& other) const { return parts <=> other.parts; }

}  // namespace throughline::search
