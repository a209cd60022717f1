// A map file -> a checked plan. All of an author's mistakes are found here, at once.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "mappings/language/yaml_tree.h"
#include "mappings/plan/map.h"

namespace throughline::definitions {
class Definitions;
}

namespace throughline::language {

// Gives the content of a file that a map names; `path` is the map's own path, or one beside it (its folder + the name),
// or of a map that it extends. It need not give more than kMostMapBytes of a map: kTooLong says so.
using FileReader = std::function<Result<std::string>(std::string_view path)>;

// The path of the map of this name in the library.
using MapFinder = std::function<std::string(std::string_view name)>;

// Reads the map at `path` and the code tables it names. `definitions` must outlive the map.
// kInvalid: all that is wrong, one issue each: rule "map-...", location "file:line:column", and a text of several
// lines: what is wrong and what to do, the source line, a caret under the place.
// `find`: for a map that extends one of the library by its name; without it such a one is looked for in a folder beside
// the map's own.
Result<plan::Map> LoadMap(std::string_view path, const FileReader& read, const definitions::Definitions& definitions,
                          const MapFinder& find = {});

}  // namespace throughline::language
