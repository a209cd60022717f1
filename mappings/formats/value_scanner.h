// Finds where a JSON value ends without making anything of it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mappings/formats/byte_window.h"

namespace throughline::formats {

enum class ScanEnd : std::uint8_t {
  kWhole,    // the value was read to its end
  kTooLong,  // it was, and is longer than the limit: `out` holds only its start
  kBroken,   // it is no JSON value: brackets do not match, or nothing stands there
  kTooDeep,
  kCut,  // the bytes ended inside (or the source failed)
};

// Private to the room. Looks at strings, escapes and brackets alone: what is inside is for json::Parse to judge.
class ValueScanner {
 public:
  explicit ValueScanner(std::size_t max_depth) : max_depth_(max_depth) {}

  // Appends the value that stands next in `window` to `out`, at most `max_bytes` of it.
  ScanEnd Scan(ByteWindow& window, std::size_t max_bytes, std::string& out);

 private:
  ScanEnd ScanString(ByteWindow& window);
  ScanEnd ScanScalar(ByteWindow& window);
  ScanEnd ScanNested(ByteWindow& window);
  void Keep(std::string_view bytes);

  std::size_t max_depth_;
  std::size_t max_bytes_ = 0;
  std::string* out_ = nullptr;
  std::size_t kept_ = 0;
  bool too_long_ = false;
  std::vector<char> open_;
};

}  // namespace throughline::formats
