// A map and the maps that it extends, as one tree. Private to the room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mappings/language/diagnostics.h"
#include "mappings/language/load_map.h"
#include "mappings/language/yaml_tree.h"

namespace throughline::language {

inline constexpr std::size_t kMostLayers = 8;  // files of which a map may be made

struct Layers {
  YamlNode root;
  std::vector<std::string> files;  // by Mark::file, the map's own first
};

// Reads the map at `path`, whose text is there already, and all that it extends. Groups are merged by key, in the order
// of the map below with what is new behind it; texts and lists stand in the place of those below; `without` takes away.
// A `tests` list and the map's head are its own. False: something was refused, with its place.
bool ReadLayers(std::string_view path, std::string_view text, const FileReader& read, const MapFinder& find,
                Diagnostics& diagnostics, Layers& layers);

// With every entry that is a text for short as the group that it stands for.
YamlNode SpelledOut(YamlNode root);

// The folder of a path with its slash; empty: none is named.
std::string FolderOf(std::string_view path);

}  // namespace throughline::language
