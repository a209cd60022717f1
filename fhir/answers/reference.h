// docs/fhirpath.md, made from the tables of functions and operators.
#pragma once

#include <string>

namespace throughline::answers {

std::string Reference();

}  // namespace throughline::answers
