// Where a value stands in the text it was read from.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace throughline::json {

// Counted from 1; columns in characters.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

// The start of the value that `pointer` ("/name/0/given") names in `text`, which Parse() must accept. Where the pointer
// leads to nothing: the last value on the way that is there. Reads the text once, keeps nothing.
// https://www.rfc-editor.org/rfc/rfc6901
Position Locate(std::string_view text, std::string_view pointer);

// One step of a pointer: `name` with "~" and "/" escaped.
void AppendStep(std::string_view name, std::string& pointer);

}  // namespace throughline::json
