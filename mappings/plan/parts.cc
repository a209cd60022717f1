#include "mappings/plan/parts.h"

#include <string>

namespace throughline::plan {

std::optional<std::string_view> PartOf(std::string_view text, std::string_view separator, std::size_t place,
                                       std::size_t count) {
  for (std::size_t at = 0; at < place; ++at) {
    const std::size_t cut = text.find(separator);
    if (cut == std::string_view::npos) return std::nullopt;
    text.remove_prefix(cut + separator.size());
  }
  return place + 1 < count ? text.substr(0, text.find(separator)) : text;
}

bool HasAllParts(std::string_view text, std::string_view separator, std::size_t count) {
  for (std::size_t part = 1; part < count; ++part) {
    const std::size_t cut = text.find(separator);
    if (cut == 0) return false;
    if (cut == std::string_view::npos) break;
    text.remove_prefix(cut + separator.size());
  }
  return !text.empty();
}

bool FitsPart(std::string_view part, std::string_view separator, bool last) {
  if (part.empty() || last) return !part.empty();
  return std::string(part).append(separator).find(separator) == part.size();
}

}  // namespace throughline::plan
