// What can be said of an expression once the variables are known that it will be given.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/path/expression.h"

namespace throughline::path {

struct VariableType {
  std::string_view name;  // without "%"
  std::string_view type;  // FHIR type of its items: "Encounter"
};

// Checks a compiled expression again: elements below the variables, and names of variables that nobody will give. What
// the types tell of the result ("System.Integer", "code | System.String"; empty: not known). Errors as Compile().
// `context_type` as in CompileOptions.
Result<std::string> CheckVariables(const Expression& expression, std::string_view context_type,
                                   std::span<const VariableType> variables);

// The first function that asks for the time of the evaluation ("now"); empty: none does.
std::string_view AsksForTime(const Expression& expression);

}  // namespace throughline::path
