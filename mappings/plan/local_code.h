// Local codes as a record writes them: texts, whole numbers, true and false. For mappings/ only.
#pragma once

#include <optional>
#include <string_view>

#include "fhir/json/value.h"
#include "mappings/plan/plan.h"

namespace throughline::plan {

// Types that a field with `codes` can have; of one with `bands` all but kBoolean.
inline bool MayBeCodes(ValueType type) {
  return type == ValueType::kString || type == ValueType::kInteger || type == ValueType::kBoolean;
}

// A text, a number's literal, "true" or "false"; empty for all else.
std::string_view ScalarText(const json::Value& value);
// The code that `local` is; nothing when it is of another kind than the field says, and would come back as another.
std::optional<std::string_view> CodeIn(const Field& field, const json::Value& local);
// The code as the source writes it; nothing when the field's kind has no such value. A view of `code`.
std::optional<json::Value> CodeValue(const Field& field, std::string_view code);

}  // namespace throughline::plan
