// What an Extension asks for beyond its rows. https://hl7.org/fhir/R4/extensibility.html
#pragma once

#include "fhir/validate/context.h"

namespace throughline::validate {

// A value or extensions, not both; a url that is absolute unless it names a part of another extension.
void CheckExtension(Context& context, const Visit& visit);

}  // namespace throughline::validate
