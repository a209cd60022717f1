// A text that is cut in parts: "TRANSFER:CT-SUR" at ":". The last part takes the rest, separators too. For mappings/
// only.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace throughline::plan {

// The part at `place` of at most `count`; nothing: the text has fewer.
std::optional<std::string_view> PartOf(std::string_view text, std::string_view separator, std::size_t place,
                                       std::size_t count);
// None of at most `count` parts is empty: the text can be put together again from them.
bool HasAllParts(std::string_view text, std::string_view separator, std::size_t count);
// A part that comes back when a text is made of it and cut again.
bool FitsPart(std::string_view part, std::string_view separator, bool last);

}  // namespace throughline::plan
