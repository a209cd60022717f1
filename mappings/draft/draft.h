// A first map for a file of an unknown format, which its author then goes on with.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "fhir/base/result.h"

namespace throughline::draft {

inline constexpr std::size_t kMostBytes = 16u << 20;  // of a file that are looked at

// `bytes`: the beginning of a file; `whole`: all of it. `file`: its name, for the map's name and its first line.
// The map says everything that can be seen (format, encoding, key, types, forms of dates, words for nothing) and drops
// every field but the key with the reason `not mapped yet`; it loads, and keeps its laws, as it is.
// No value of the file stands in it but words for nothing and codes: short values that come again and again in a column
// that is neither a key nor by its name about a person (docs/decisions/0024).
// kInvalid: neither JSON, NDJSON nor CSV; empty; a header that is none.
Result<std::string> DraftMap(std::string_view bytes, bool whole, std::string_view file);

}  // namespace throughline::draft
