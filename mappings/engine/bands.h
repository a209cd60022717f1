// A code of a band <-> a Range. Private to the room.
#pragma once

#include <string_view>

#include "mappings/engine/band_table.h"
#include "mappings/engine/transforms.h"

namespace throughline::engine {

// The Range of a span in a unit.
json::Value RangeOf(const Span& span, std::string_view unit, json::Arena& arena);

bool BandToFhir(const Conversion& at, const json::Value& local, FhirValue& out);
bool BandToLocal(const Conversion& at, const json::Value& value, const json::Value& sibling, json::Value& out);

}  // namespace throughline::engine
