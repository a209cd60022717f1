// What a map makes of a whole sample file, as the files beside a map hold it: golden files of `tests`.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/base/id_source.h"
#include "fhir/base/result.h"
#include "mappings/plan/map.h"

namespace throughline::review {

// What a golden file of this kind holds for `file`, a file in the map's format. Errors: the file cannot be read, or its
// records cannot be written again.
Result<std::string> MakeGolden(const plan::Map& map, plan::GoldenKind kind, std::string_view file, const IdSource& ids);

// `text` with each UUID behind `urn:uuid:` replaced by the order of its first appearance: who made the ids does not
// matter.
std::string Numbered(std::string_view text);

}  // namespace throughline::review
