// What an Extension asks for beyond its rows. https://hl7.org/fhir/R4/extensibility.html
#pragma once

#include "fhir/definitions/profile.h"
#include "fhir/validate/context.h"

namespace throughline::validate {

// A value or extensions, not both; a url that is absolute unless it names a part of another extension; and where its
// definition is known: a place, values and parts that it allows.
void CheckExtension(Context& context, const Visit& visit);

// Whether the definition lets its extension stand in this place. `visit` is of the extension.
void CheckStanding(Context& context, const definitions::Profile& extension, const Visit& visit);

// The value and the parts of an extension by its definition, `element` being the row that stands for it.
void CheckParts(Context& context, const definitions::Profile& profile, const definitions::ProfileElement& element,
                const json::Value& extension, const Place& place);

}  // namespace throughline::validate
