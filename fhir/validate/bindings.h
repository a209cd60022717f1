// Codes against code systems and the value sets that definitions bind to. https://hl7.org/fhir/R4/terminologies.html
#pragma once

#include <string_view>

#include "fhir/definitions/definitions.h"
#include "fhir/json/value.h"
#include "fhir/validate/place.h"

namespace throughline::validate {

struct Context;

// What an element, or an element of a profile, asks of codes.
struct Binding {
  definitions::BindingStrength strength = definitions::BindingStrength::kNone;
  std::string_view value_set;      // canonical
  std::string_view max_value_set;  // canonical, of extensible and preferred ones; empty: none
};

// A code, string, uri, Coding, CodeableConcept or Quantity; values of other types have no codes. Required: outside of
// the set is an error. Extensible: a warning, unless something else stands for a code (a text, an extension). A set
// that cannot be known offline is said to be unchecked, once a check.
void CheckBinding(Context& context, definitions::TypeId type, const Binding& binding, const json::Value& value,
                  const Place& place);

}  // namespace throughline::validate
