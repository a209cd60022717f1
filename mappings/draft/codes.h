// Which values of a field may be shown to the map's author: codes, never what is about one person
// (docs/decisions/0024). Private to the room.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "mappings/draft/profile.h"

namespace throughline::draft {

struct Codes {
  std::vector<std::pair<std::string, std::size_t>> shown;  // with the records that hold them; empty: none may be shown
  std::size_t rarer = 0;                                   // that are not shown
};

Codes CodesOf(const Node& node, const Profile& profile);

}  // namespace throughline::draft
