// Packages -> layers of Definitions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/definitions/definitions.h"
#include "fhir/packages/package.h"

namespace throughline::packages {

// Indexes of the packages, each behind those that it depends on, else in the order given. R4's own packages
// ("hl7.fhir.r4.core") are always there. kInvalid names every dependency that is missing (package-dependency), a circle
// (package-cycle), a package that is given twice or is R4 itself (package-twice). With `missing`, what is missing is
// said there, "" when nothing is, and is no error: what refers to it is then not known.
Result<std::vector<std::size_t>> LoadOrder(std::span<const Package> packages, std::string* missing = nullptr);

// The layer's blob for Definitions::With() over `below`, which has the layers that the package depends on. kInvalid
// names what cannot be used ("definitions-..." of fhir/compile, package-twice for a StructureDefinition that `below`
// has in the same version).
Result<std::string> Compile(const Package& package, const definitions::Definitions& below);

}  // namespace throughline::packages
