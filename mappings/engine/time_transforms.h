// The transforms of dates and times. Private to the room.
#pragma once

#include "mappings/engine/transforms.h"

namespace throughline::engine {

bool DateToFhir(const Conversion& at, const json::Value& local, FhirValue& out);
bool DateToLocal(const Conversion& at, const json::Value& value, const json::Value& sibling, json::Value& out);
bool DateTimeToFhir(const Conversion& at, const json::Value& local, FhirValue& out);
bool DateTimeToLocal(const Conversion& at, const json::Value& value, const json::Value& sibling, json::Value& out);
// A date whose time of day stands in another field (Conversion::clock; null: it has none).
bool MomentToFhir(const Conversion& at, const json::Value& local, FhirValue& out);
bool MomentToLocal(const Conversion& at, const json::Value& value, const json::Value& sibling, json::Value& out);
bool TimeToFhir(const Conversion& at, const json::Value& local, FhirValue& out);
bool TimeToLocal(const Conversion& at, const json::Value& value, const json::Value& sibling, json::Value& out);

}  // namespace throughline::engine
