// Files that hold secrets: a regular file, owned by us or root, nothing for group and others (0600 or 0400), at most 64
// KiB.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/result.h"

namespace throughline::certs {

// The file's bytes. kNotFound: no such file; kInvalid: it breaks a rule above, said in a sentence with the path.
Result<std::string> ReadSecretFile(const std::string& path);

// Writes with mode 0600 by temporary name, fsync, rename. kUnavailable: the system refused.
Result<void> WriteSecretFile(const std::string& path, std::string_view bytes);

}  // namespace throughline::certs
