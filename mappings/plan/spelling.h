// The words of a map that a text stands for: codes, words of booleans, words for nothing, names of months. For
// mappings/ only.
#pragma once

#include <optional>
#include <string_view>

#include "fhir/json/arena.h"
#include "mappings/plan/plan.h"

namespace throughline::plan {

// Without the blanks around it.
std::string_view Trimmed(std::string_view text);
// The spelling of the map of what differs from it in the case of letters alone, in `arena` or in the plan. Nothing:
// `text` is spelt as in the map, or is no word of the field, or could be several that mean different things.
std::optional<std::string_view> SpellingOf(const Plan& plan, const Field& field, std::string_view text,
                                           json::Arena& arena);
// The field has words that may be spelt in several ways.
bool HasWords(const Field& field);

}  // namespace throughline::plan
