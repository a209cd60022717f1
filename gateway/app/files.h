// All reading and writing of files that commands do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace throughline::app {

// The whole file; "-" is standard input. kNotFound, or kUnavailable with the system's reason.
Result<std::string> ReadFile(const std::string& path);

// By temporary name, fsync and rename: readers see the old file or the new one.
Result<void> WriteFile(const std::string& path, std::string_view bytes);

// The folder of the map library: $THROUGHLINE_LIBRARY, the build's own, or the installed one; the first that is there.
std::string LibraryFolder();

// Names of the maps in the library, sorted.
std::vector<std::string> LibraryMaps();

// Where a map of the config or the command line stands: a name of the library, or a path to a .yaml file or its folder.
std::string MapPath(const std::string& name_or_path);

}  // namespace throughline::app
