// Texts of single settings -> values; nothing when the text does not fit. Private to this room.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "gateway/config/config.h"

namespace throughline::config {

// "127.0.0.1:8443", "[::1]:0", "localhost:8443".
std::optional<Address> ReadAddress(std::string_view text);
// 1 and more.
std::optional<std::size_t> ReadCount(std::string_view text);
// "512", "8KiB", "16MiB", "1GiB"; 1 and more.
std::optional<std::size_t> ReadBytes(std::string_view text);
// "500ms", "10s", "10min", "1h"; 1 ms and more.
std::optional<std::chrono::milliseconds> ReadDuration(std::string_view text);
// Not empty, no control characters.
bool IsPlainText(std::string_view text);

// Edits that turn one word into the other.
std::size_t Distance(std::string_view a, std::string_view b);

}  // namespace throughline::config
