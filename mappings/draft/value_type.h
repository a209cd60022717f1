// What a field's values are. Private to the room.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mappings/draft/profile.h"

namespace throughline::draft {

struct ValueType {
  std::vector<std::pair<std::string_view, std::string>> words;  // `type`, `format`, `yes`, ...
  std::vector<std::string> forms;                               // of dates, when there are several
  std::vector<std::string> notes;                               // for the author; without values
  bool time = false;                                            // with a time of day
};

ValueType TypeOf(const Values& values, const Profile& profile, bool csv);

}  // namespace throughline::draft
