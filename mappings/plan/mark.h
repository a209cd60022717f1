// Places in a map file.
#pragma once

#include <cstddef>
#include <cstdint>

namespace throughline::plan {

// Where something stands in a map; line and column counted from 1. Line 0: nowhere.
struct Mark {
  std::size_t line = 0;
  std::size_t column = 0;
  std::uint32_t file = 0;  // the map's own, or one of those that it extends
};

}  // namespace throughline::plan
