// Where a value stands in the text it was read from.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace throughline::json {

// Counted from 1; columns in characters.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

// The start of the value that each pointer ("/name/0/given") names in `text`, which Parse() must accept. Where a
// pointer leads to nothing: the last value on the way that is there. Reads the text once, however many pointers there
// are. https://www.rfc-editor.org/rfc/rfc6901
std::vector<Position> Locate(std::string_view text, std::span<const std::string_view> pointers);
Position Locate(std::string_view text, std::string_view pointer);

// Where the byte at `offset` stands in any text; its end when there is none.
Position PositionAt(std::string_view text, std::size_t offset);

// What the location of an error of Parse() says ("offset 12"); nothing of any other location.
std::optional<std::size_t> OffsetOf(std::string_view location);

// Where the byte behind `text` stands when its first one stands at `start`.
Position Behind(Position start, std::string_view text);

// One step of a pointer: `name` with "~" and "/" escaped.
void AppendStep(std::string_view name, std::string& pointer);

}  // namespace throughline::json
