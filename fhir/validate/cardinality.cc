#include <algorithm>
#include <string_view>

#include "fhir/validate/walker.h"

namespace throughline::validate {
namespace {

using definitions::Element;
using definitions::TypeId;
using json::Member;
using json::Value;

std::string_view WithoutUnderscore(std::string_view name) { return name.starts_with('_') ? name.substr(1) : name; }

}  // namespace

// Reports the second and later types of a choice, each once.
void Walker::CheckChoice(const Value& object, const Member& member, const Element& element, const Place& place) {
  for (const Member& other : object.members()) {
    const std::string_view name = WithoutUnderscore(other.name);
    if (other.name == member.name) {
      return;
    }
    if (name == element.name) {
      continue;
    }
    Element found;
    if (name.starts_with(element.choice) && definitions().FindChild(element.owner, name, found) &&
        found.choice == element.choice) {
      findings().Add(Rule::kChoiceMany, {&place, element.choice});
      return;
    }
  }
}

void Walker::CheckRequired(const Value& object, TypeId type, const Place& place) {
  for (std::size_t i = 0; i < definitions().required_count(type); ++i) {
    const Element required = definitions().required(type, i);
    const bool present = std::ranges::any_of(object.members(), [&](const Member& member) {
      const std::string_view name = WithoutUnderscore(member.name);
      Element found;
      return name == required.name || (!required.choice.empty() && name.starts_with(required.choice) &&
                                       definitions().FindChild(type, name, found) && found.choice == required.choice);
    });
    if (!present) {
      findings().Add(Rule::kCardMin, {&place, required.choice.empty() ? required.name : required.choice});
    }
  }
}

void Walker::CheckFilled(const Value& object, const Place& place) {
  if (object.members().size() == 1 && object.members().front().name == "id") {
    findings().Add(Rule::kEle1, place);
  }
}

// https://hl7.org/fhir/R4/element.html#id
// Those of element definitions stand in the snapshot and again in the differential: sdf-16 and sdf-17 ask of each list.
void Walker::CheckElementId(const Value& id, TypeId type, const Place& place) {
  if (id.is_string() && id.text().find_first_of(" \t\r\n") != std::string_view::npos) {
    findings().Add(Rule::kElementId, place);
    return;
  }
  Scope& scope = context_.scope;
  auto& ids = scope.inside == Place::kSingle ? scope.element_ids : scope.contained_element_ids;
  const bool distinct = scope.known && type != context_.plan.element_definition();
  if (distinct && id.is_string() && !ids.insert(id.text()).second) {
    findings().Add(Rule::kElementIdRepeated, place);
  }
}

}  // namespace throughline::validate
