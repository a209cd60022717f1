// Does the first line of a CSV file name its columns? Private to the room.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mappings/draft/profile.h"

namespace throughline::draft {

// The places of the columns whose name is more like a value: a date or a long number, a number in the first column, or
// one of several words that stand in the column itself. None: the line holds names.
std::vector<std::size_t> NamesLikeValues(const std::vector<std::string>& columns, const Profile& profile);

}  // namespace throughline::draft
