// A code of a band <-> a Range. Private to the room.
#pragma once

#include <string_view>

#include "mappings/engine/transforms.h"
#include "mappings/plan/band_table.h"

namespace throughline::engine {

bool BandToFhir(const Conversion& at, const json::Value& local, FhirValue& out);
bool BandToLocal(const Conversion& at, const json::Value& value, const json::Value& sibling, json::Value& out);

}  // namespace throughline::engine
