// Conformance resources -> a blob that Definitions reads. Used by the host tool that compiles R4 at build, and at run
// time for the packages that stand on it.
#pragma once

#include <string>

#include "fhir/base/result.h"
#include "fhir/compile/input.h"

namespace throughline::compile {

// The bytes of the blob; the same input gives the same bytes. kInvalid names the resource that cannot be used and why
// (rules "definitions-..."). Needs no file, and nothing of the input afterwards.
Result<std::string> Compile(const Input& input);

}  // namespace throughline::compile
