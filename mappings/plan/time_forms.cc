#include "mappings/plan/time_forms.h"

#include <chrono>

namespace throughline::plan {

WallTime WallOf(const TimeParts& parts) {
  const std::chrono::year_month_day day{std::chrono::year{parts.year},
                                        std::chrono::month{static_cast<unsigned>(parts.month)},
                                        std::chrono::day{static_cast<unsigned>(parts.day)}};
  return std::chrono::local_days{day} + std::chrono::seconds{(parts.hour * 60 + parts.minute) * 60 + parts.second};
}

std::optional<FormRead> ReadForms(const Field& field, std::string_view text) {
  for (std::size_t form = 0; form < FormCount(field); ++form) {
    if (const auto parts = FormAt(field, form).Read(text)) return FormRead{*parts, form};
  }
  return std::nullopt;
}

const TimeFormat* UsualForm(const Field& field, Level level, const TimeParts& parts) {
  const TimeFormat* best = nullptr;
  for (std::size_t form = 0; form < FormCount(field); ++form) {
    const TimeFormat& at = FormAt(field, form);
    if (at.level() > level || !at.CanWrite(parts)) continue;
    const bool finer = best == nullptr || at.level() > best->level() ||
                       (at.level() == best->level() && parts.second != 0 && at.has_seconds() && !best->has_seconds());
    if (finer) best = &at;
  }
  return best;
}

std::size_t OtherForm(const Field& field, std::string_view text) {
  const auto read = ReadForms(field, text);
  if (!read) return 0;
  const TimeFormat* usual = UsualForm(field, FormAt(field, read->form).level(), read->parts);
  return usual == &FormAt(field, read->form) ? 0 : read->form + 1;
}

}  // namespace throughline::plan
