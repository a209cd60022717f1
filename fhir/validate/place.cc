#include "fhir/validate/place.h"

#include "fhir/json/locate.h"

namespace throughline::validate {

std::size_t Place::depth() const {
  std::size_t depth = 0;
  for (const Place* place = parent; place != nullptr; place = place->parent) {
    ++depth;
  }
  return depth;
}

std::string ToExpression(const Place& place) {
  std::string expression = place.parent == nullptr ? "" : ToExpression(*place.parent);
  if (!place.name.empty()) {
    if (!expression.empty()) {
      expression += '.';
    }
    expression += place.name;
  }
  if (place.index != Place::kSingle) {
    expression += '[' + std::to_string(place.index) + ']';
  }
  return expression;
}

std::string ToPointer(const Place& place) {
  if (place.parent == nullptr) {
    return "";
  }
  std::string pointer = ToPointer(*place.parent);
  const std::string_view step = place.member.empty() ? place.name : place.member;
  if (!step.empty()) {
    json::AppendStep(step, pointer);
  }
  if (place.index != Place::kSingle) {
    pointer += '/' + std::to_string(place.index);
  }
  return pointer;
}

}  // namespace throughline::validate
