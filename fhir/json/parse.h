// Bytes -> json::Value. The one JSON reader of the project: a check in ./dev test finds any other parser call.
//
// Refused, with byte offset and reason and never with the value (threats.md section E): what RFC 8259 refuses,
// duplicate member names at any depth, invalid UTF-8, NUL bytes, lone surrogates, control characters below U+0020
// other than \t \n \r also when escaped (see Limits), and everything over a limit. One UTF-8 byte order mark is
// skipped.
//
// Rules: json-syntax, json-duplicate-name, json-utf8, json-nul, json-surrogate, json-control-character, json-number,
// json-depth, json-too-many (members, items, nodes), json-too-long (a string or the whole).
#pragma once

#include <cstddef>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/json/arena.h"
#include "fhir/json/value.h"

namespace throughline::json {

// threats.md 2.1; sizes in bytes or counts.
struct Limits {
  std::size_t depth = 100;
  std::size_t members_per_object = 10'000;
  std::size_t items_per_array = 100'000;
  std::size_t nodes = 2'000'000;
  std::size_t string_bytes = 64u << 20;  // the FHIR limit of 1 Mi characters is checked by type, by the validator
  std::size_t number_digits = 64;        // significant ones: zeros at the start do not count
  int exponent = 308;                    // n for numbers of 10^-n to less than 10^(n+1), and for the exponent of a zero
  bool control_characters = false;       // true: escaped ones (\u0000) are let through, as RFC 8259 allows
};

// The value lives in `arena` (also its strings; `bytes` may go). Errors: kInvalid with one issue, rule "json-...",
// location "offset N" (N counted in bytes from 0).
Result<Value> Parse(std::string_view bytes, Arena& arena, const Limits& limits = {});

// A value with its own memory.
struct Document {
  Arena arena;
  Value root;
};
Result<Document> ParseDocument(std::string_view bytes, const Limits& limits = {});

}  // namespace throughline::json
