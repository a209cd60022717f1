// What an Attachment asks for beyond its rows. https://hl7.org/fhir/R4/datatypes.html#Attachment
#pragma once

#include "fhir/validate/context.h"

namespace throughline::validate {

// `size` must be the number of bytes in `data` when both are there.
void CheckAttachment(Context& context, const Visit& visit);

}  // namespace throughline::validate
