// The transforms that look a value up in a code table. Private to the room.
#pragma once

#include "mappings/engine/transforms.h"

namespace throughline::engine {

// The code that a local value is; nothing after a finding: it is of another kind than the map says.
std::optional<std::string_view> LocalCodeOf(const Conversion& at, const json::Value& local);

bool CodeToFhir(const Conversion& at, const json::Value& local, FhirValue& out);
bool CodeToLocal(const Conversion& at, const json::Value& value, const json::Value& sibling, json::Value& out);
bool CodingToFhir(const Conversion& at, const json::Value& local, FhirValue& out);
bool CodingToLocal(const Conversion& at, const json::Value& value, const json::Value& sibling, json::Value& out);
bool ConceptToFhir(const Conversion& at, const json::Value& local, FhirValue& out);
bool ConceptToLocal(const Conversion& at, const json::Value& value, const json::Value& sibling, json::Value& out);

// True when a value of the table stands in `value`: what selects a slice or a resource on the way back.
bool TableKnows(const CodeTable& table, TransformId transform, const json::Value& value, const json::Value& sibling);

}  // namespace throughline::engine
