#include <algorithm>
#include <string>

#include "fhir/terminology/terminology.h"
#include "fhir/validate/context.h"

namespace throughline::validate {
namespace {

using definitions::Element;
using json::Value;
using terminology::Answer;

bool IsBound(const Context& context, const Element& element, const Value& value) {
  const terminology::Terminology terminology(context.definitions);
  if (!terminology.HasValueSet(element.value_set)) {
    return true;
  }
  if (element.type == context.plan.code()) {
    return !value.is_string() || terminology.MemberOf(element.value_set, value).answer != Answer::kNo;
  }
  const auto contains = [&](const Value& coding) {
    return !coding.Get("system").text().empty() && coding.Get("code").is_string() &&
           terminology.MemberOf(element.value_set, coding).answer != Answer::kNo;
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
      IsBound(context, element, value)) {
    return;
  }
  context.findings.Add(Rule::kBindingRequired, place, std::string("Value set: ").append(element.value_set).append("."));
}

}  // namespace throughline::validate
