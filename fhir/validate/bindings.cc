#include <algorithm>
#include <string>

#include "fhir/validate/context.h"

namespace throughline::validate {
namespace {

using definitions::Element;
using json::Value;

bool IsBound(const Context& context, const Element& element, const Value& value) {
  if (element.type == context.plan.code()) {
    return !value.is_string() || context.definitions.ValueSetContains(element.value_set, "", value.text());
  }
  const auto contains = [&](const Value& coding) {
    const std::string_view system = coding.Get("system").text();
    return !system.empty() &&
           context.definitions.ValueSetContains(element.value_set, system, coding.Get("code").text());
  };
  // What stands for a missing code is said by an extension (data-absent-reason).
  if (element.type == context.plan.coding()) {
    return value.Find("extension") != nullptr || contains(value);
  }
  if (element.type == context.plan.codeable_concept()) {
    return value.Find("extension") != nullptr || std::ranges::any_of(value.Get("coding").items(), contains);
  }
  return true;
}

}  // namespace

void CheckBinding(Context& context, const Element& element, const Value& value, const Place& place) {
  if (!context.options.bindings || element.binding != definitions::BindingStrength::kRequired ||
      !context.definitions.HasValueSet(element.value_set) || IsBound(context, element, value)) {
    return;
  }
  context.findings.Add(Rule::kBindingRequired, place, std::string("Value set: ").append(element.value_set).append("."));
}

}  // namespace throughline::validate
