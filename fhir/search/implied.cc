#include "fhir/search/implied.h"

#include "fhir/terminology/terminology.h"

namespace throughline::search {
namespace {

using definitions::Definitions;
using definitions::Element;
using definitions::SearchType;
using definitions::TypeId;

constexpr std::string_view kBlanks = " \t\r\n";

// The next part of `text` before `separator`, without blanks around it; takes it off.
std::string_view NextPart(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  part.remove_prefix(std::min(part.find_first_not_of(kBlanks), part.size()));
  return part.substr(0, part.find_last_not_of(kBlanks) + 1);
}

// The element that "Patient.contact.gender" names. False: it is no such path, or not of this type.
bool FindElement(const Definitions& definitions, std::string_view base, std::string_view path, Element& out) {
  if (NextPart(path, '.') != base || path.empty()) return false;
  TypeId owner = definitions.FindType(base);
  while (!path.empty()) {
    if (owner == definitions::kNoType || !definitions.FindChild(owner, NextPart(path, '.'), out)) return false;
    owner = out.type;
  }
  return true;
}

std::string_view BoundValueSet(const Definitions& definitions, const definitions::SearchParameter& parameter) {
  std::string_view bound;
  for (std::string_view rest = parameter.expression; !rest.empty();) {
    const std::string_view path = NextPart(rest, '|');
    Element element;
    if (!FindElement(definitions, parameter.base, path, element)) continue;
    const bool code = element.type != definitions::kNoType && definitions.type(element.type).name == "code";
    if (!code || element.binding != definitions::BindingStrength::kRequired) return {};
    if (!bound.empty() && bound != element.value_set) return {};
    bound = element.value_set;
  }
  return bound;
}

}  // namespace

ImpliedSystems::ImpliedSystems(const Definitions& definitions, const definitions::SearchParameter& parameter) {
  if (parameter.type != SearchType::kToken) return;
  const std::string_view value_set = BoundValueSet(definitions, parameter);
  if (value_set.empty()) return;
  const auto expansion = terminology::Terminology(definitions).Expand(value_set, {.selectable_only = false});
  if (!expansion) return;
  for (const terminology::Concept& entry : expansion->concepts) {
    const auto [known, added] = systems_.emplace(entry.code, entry.system);
    if (!added && known->second != entry.system) known->second.clear();
  }
}

std::string_view ImpliedSystems::Find(std::string_view code) const {
  const auto known = systems_.find(code);
  return known == systems_.end() ? std::string_view() : std::string_view(known->second);
}

}  // namespace throughline::search
