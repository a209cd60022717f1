// How a local file holds its records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "fhir/base/result.h"

namespace throughline::formats {

enum class Syntax : std::uint8_t {
  kJson,    // one JSON value that holds the records somewhere inside
  kNdjson,  // a record a line
};

// The word of a map's `local.format` ("json", "ndjson").
std::string_view CodeOf(Syntax syntax);
// Its media type for HTTP ("application/json", "application/x-ndjson").
std::string_view MediaTypeOf(Syntax syntax);

struct RecordFormat {
  Syntax syntax = Syntax::kJson;
  // JSON only: where the records are. "discharges.*": the items of that member; "*": the items of the file, an array;
  // "": the file is one record.
  std::string records;
  // JSON only: blanks per level when written; -1: one line.
  int indent = -1;
};

// threats.md 2.1.
struct Limits {
  std::size_t record_bytes = 2u << 20;
  std::size_t envelope_bytes = 1u << 20;  // what stands around the records
  std::size_t depth = 100;
};

// Fills the front of `room` and says how many bytes it wrote; 0: the end. Its errors are passed on as they are.
using ByteSource = std::function<Result<std::size_t>(std::span<char> room)>;
// Takes bytes; its errors are passed on as they are.
using ByteSink = std::function<Result<void>(std::string_view bytes)>;

// A source over bytes in memory, which must outlive it.
ByteSource FromMemory(std::string_view bytes);

}  // namespace throughline::formats
