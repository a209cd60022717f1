// StructureDefinitions, as far as R4's types tell what is wrong with them. https://hl7.org/fhir/R4/profiling.html
#pragma once

#include "fhir/validate/context.h"

namespace throughline::validate {

// Of profiles: paths name elements that there are, and constraints are FHIRPath.
void CheckStructureDefinition(Context& context, const Visit& visit);

}  // namespace throughline::validate
