// Where in a request's body issues stand.
#pragma once

#include <string_view>

#include "fhir/base/error.h"

namespace throughline::http {

// The error with "line:column" of `body`, counted from 1, columns in characters, as the location of those issues whose
// location is a JSON pointer into it or an offset of it, or which name an element and no location: the whole body.
// Others keep theirs. Reads `body` once.
Error PlacedIn(std::string_view body, Error error);

}  // namespace throughline::http
