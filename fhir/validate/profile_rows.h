// Small readings of a snapshot's rows.
#pragma once

#include <string_view>

#include "fhir/definitions/definitions.h"

namespace throughline::validate {

inline constexpr std::string_view kChoiceSuffix = "[x]";

// "component" of "Observation.component".
inline std::string_view LastName(std::string_view path) {
  const std::size_t point = path.rfind('.');
  return point == std::string_view::npos ? path : path.substr(point + 1);
}

// "value" of "value[x]".
inline std::string_view PlainName(std::string_view name) {
  return name.ends_with(kChoiceSuffix) ? name.substr(0, name.size() - kChoiceSuffix.size()) : name;
}

// A canonical without its version.
inline std::string_view UrlOf(std::string_view canonical) { return canonical.substr(0, canonical.find('|')); }

// Calls `visit` with each element below `parent`, slices too; what a content reference names stands for it.
template <typename Visit>
void ForEachChild(const definitions::Definitions& definitions, const definitions::Profile& profile,
                  const definitions::ProfileElement& parent, Visit visit) {
  std::uint16_t next = parent.first_child;
  if (next == definitions::kNoElement && parent.content != definitions::kNoElement) {
    next = definitions.element(profile, parent.content).first_child;
  }
  while (next != definitions::kNoElement) {
    const definitions::ProfileElement child = definitions.element(profile, next);
    visit(child);
    next = child.next_sibling;
  }
}

}  // namespace throughline::validate
