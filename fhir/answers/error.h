// Errors of FHIRPath as JSON. Private to this room.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "fhir/base/error.h"

namespace throughline::answers {

// Appends {"error":{"kind":"syntax|semantic|execution","message":"...","offset":0}}; false, as answers with an error
// are. `place` is put before the message.
bool WriteError(const Error& error, std::string_view place, std::string& out);
bool WriteError(std::string_view kind, std::string_view message, std::size_t offset, std::string& out);

// N of an issue's "offset N"; 0 without one.
std::size_t OffsetOf(const Error& error);

}  // namespace throughline::answers
