// What a map makes of a whole sample file, as the files beside a map hold it: golden files of `tests`.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/base/id_source.h"
#include "fhir/base/result.h"
#include "mappings/engine/map.h"

namespace throughline::engine {

// The word of `tests` that names the file of a kind ("expect", "back", ...).
std::string_view CodeOf(GoldenKind kind);
// The kind that a word of `tests` stands for; false: it is another word.
bool GoldenKindFrom(std::string_view word, GoldenKind& kind);

// What a golden file of this kind holds for `file`, a file in the map's format. Errors: the file cannot be read, or its
// records cannot be written again.
Result<std::string> MakeGolden(const Map& map, GoldenKind kind, std::string_view file, const IdSource& ids);

// `text` with each UUID behind `urn:uuid:` replaced by the order of its first appearance: who made the ids does not
// matter.
std::string Numbered(std::string_view text);

}  // namespace throughline::engine
