// A search as it was asked for, checked and typed: pure data that the store turns into SQL.
// https://hl7.org/fhir/R4/search.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/definitions/definitions.h"
#include "fhir/search/index_row.h"

namespace throughline::search {

// One name=value of the query string or form, percent-decoding done.
struct Parameter {
  std::string name;
  std::string value;
};

enum class Prefix : std::uint8_t { kEq, kNe, kGt, kLt, kGe, kLe, kSa, kEb, kAp };

enum class Modifier : std::uint8_t {
  kNone,
  kMissing,     // `missing` says which; no values
  kNot,         // token: no row of the parameter has one of the values, resources without a row included
  kText,        // token: rows of "code:text"; starts with
  kExact,       // string: `value` equal
  kContains,    // string: `folded` contains
  kType,        // reference: the values carry the type
  kOfType,      // token: rows of "identifier:of-type", whose code is the type's code, "|" and the identifier's value
  kIdentifier,  // reference: rows of "subject:identifier", values are tokens
  kAbove,       // uri: the row is a start of the value; no row that starts with "urn:"
  kBelow,       // uri: the value is a start of the row; no row that starts with "urn:"
};

enum class TokenForm : std::uint8_t {
  kCode,           // `code`: any system
  kSystemAndCode,  // `system|code`
  kNoSystem,       // `|code`: rows without a system
  kSystem,         // `system|`: any code
};

struct TokenValue {
  TokenForm form = TokenForm::kCode;
  std::string system;
  std::string folded;  // compare with Token::folded
};

// Matches rows with the same members; an empty member of the value is not compared, but `url` is: a value without url
// matches local references only.
struct ReferenceValue {
  Reference to;
};

// What `span` means with each prefix: https://hl7.org/fhir/R4/search.html#prefix. The value covers [start, end), the
// row [a, b):  eq  start <= a and b <= end      ne  not eq
//          gt  b > end                      lt  a < start
//          ge  gt or eq                     le  lt or eq
//          sa  a >= end                     eb  b <= start
//          ap  a < end and b > start, after the value was widened by a tenth of its distance from now
struct DateValue {
  Prefix prefix = Prefix::kEq;
  DateSpan span;
};

struct StringValue {
  std::string value;
  std::string folded;  // kNone: String::folded starts with it
};

struct UriValue {
  std::string value;
};

// As for dates, over order keys, with the row's own [low, high]: `eq` means low <= row.low and row.high < high; gt lt
// ge le sa eb compare with `exact`, and the `eq` within ge and le means exactly that number (low and high then enclose
// it alone).
struct NumberValue {
  Prefix prefix = Prefix::kEq;
  std::string low;  // of the precision that was written: [95, 105) for 1e2, [99.5, 100.5) for 100
  std::string high;
  std::string exact;  // the number itself, for gt lt ge le sa eb
};

struct QuantityValue {
  NumberValue number;
  std::string system;  // empty: any
  std::string code;    // compared with code, or with code and unit when there is no system; empty: any
  // The same in UCUM's base units. Where there is a code: rows of UCUM with that code have to meet `canonical`, and
  // nothing else counts. Where there is none: rows that are canonical do not count.
  NumberValue canonical = {};
  std::string canonical_code = {};
};

struct CompositeValue;

using ConditionValue = std::variant<TokenValue, ReferenceValue, DateValue, StringValue, UriValue, NumberValue,
                                    QuantityValue, CompositeValue>;

// One value for each part of the row, all of which have to match.
struct CompositeValue {
  std::vector<ConditionValue> parts;
};

struct Condition;

enum class Total : std::uint8_t { kNone, kEstimate, kAccurate };

// Resources of `type` that meet every condition.
struct Query {
  std::string type;
  std::vector<Condition> conditions;
  std::size_t count = 50;   // page size; 0 together with `count_only`
  bool count_only = false;  // `_summary=count` or `_count=0`
  Total total = Total::kAccurate;
  std::string cursor;           // value of `_cursor`: opaque here, made and checked by the store; empty: first page
  std::vector<Parameter> used;  // what was understood, for the self link; without `_cursor`
  Issues warnings;              // lenient handling: what was ignored
};

struct Condition {
  std::string parameter;  // IndexRow::parameter to look at: "patient", "subject:identifier"
  definitions::SearchType type = definitions::SearchType::kToken;
  Modifier modifier = Modifier::kNone;
  bool missing = false;  // of kMissing: true = resources without a row
  std::vector<ConditionValue>
      values;  // one of them has to match; all of the alternative that `type` and `modifier` ask for
  // Chained (`subject:Patient.identifier=x`): a local reference under `parameter` leads to a resource that meets one of
  // these, one for each type it may be of. `values` is empty then.
  std::vector<Query> chain;
};

enum class Handling : std::uint8_t { kStrict, kLenient };

// threats.md 2.1
struct QueryOptions {
  std::string_view base_url = {};  // as for the indexer
  Instant now = {};                // for the prefix `ap`
  Handling handling = Handling::kStrict;
  std::size_t max_parameters = 32;
  std::size_t max_values = 100;  // of one parameter, comma separated
  std::size_t max_chain = 3;
  std::size_t default_count = 50;
  std::size_t max_count = 1000;  // larger ones are lowered to it
};

// Errors hold every issue found, none with a value: kNotSupported (unknown parameter, modifier or type of parameter;
// rule "search-parameter" or "search-modifier"), kInvalid ("search-value", "search-count"), kTooCostly
// ("search-limit"). With several kinds the first of: kTooCostly, kInvalid, kNotSupported. Lenient handling ignores what
// is not supported and says so in `warnings`; wrong values stay errors. `type` must be a resource type.
Result<Query> ParseQuery(const definitions::Definitions& definitions, std::string_view type,
                         std::span<const Parameter> parameters, const QueryOptions& options);

// A resource as the index sees it.
struct Indexed {
  std::string_view type;
  std::string_view id;
  std::span<const IndexRow> rows;
};

// The meaning of a query, in plain code: what SQL is tested against. `others` is where chains look.
bool Matches(const Query& query, const Indexed& resource, std::span<const Indexed> others = {});

}  // namespace throughline::search
