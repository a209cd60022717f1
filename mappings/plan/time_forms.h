// The forms in which a source writes one date or time, and which of them it used. For mappings/ only.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "mappings/plan/plan.h"
#include "mappings/plan/zone.h"

namespace throughline::plan {

struct FormRead {
  TimeParts parts;
  std::size_t form = 0;  // its place in the map's list
};

// What the clocks show; `parts` are a whole day, with or without a time of day.
WallTime WallOf(const TimeParts& parts);
// Nothing: written in none of the field's forms.
std::optional<FormRead> ReadForms(const Field& field, std::string_view text);
inline const TimeFormat& FormAt(const Field& field, std::size_t form) {
  return form == 0 ? *field.format : field.other_formats[form - 1];
}
inline std::size_t FormCount(const Field& field) { return field.format ? 1 + field.other_formats.size() : 0; }
// The form in which a date known to `level` is written when nothing says otherwise: of those that can write its year
// the first of that level (of a time with seconds, one that has them), else the next coarser one. Null: there is none.
const TimeFormat* UsualForm(const Field& field, Level level, const TimeParts& parts);
// The place, counted from 1, of the form in which `text` is written when it is not the usual one; 0: it is.
std::size_t OtherForm(const Field& field, std::string_view text);

}  // namespace throughline::plan
