// The files of a .tgz, taken out in memory under limits. Private to this room.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/packages/package.h"

namespace throughline::packages {

// Why a package is refused. kTooLong for package-limit, else kInvalid.
Error Refused(std::string rule, std::string text);

// The JSON files that stand right in the folder "package", by their names without it. Everything in the archive is
// read and counted. Errors as Read().
Result<std::map<std::string, std::string>> Unpack(std::string_view bytes, const Limits& limits);

}  // namespace throughline::packages
