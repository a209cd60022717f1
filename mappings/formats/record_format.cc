#include "mappings/formats/record_format.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace throughline::formats {
namespace {

struct SyntaxRow {
  std::string_view code;
  std::string_view media_type;
};
constexpr std::array kSyntaxes = {
    SyntaxRow{"json", "application/json"},
    SyntaxRow{"ndjson", "application/x-ndjson"},
    SyntaxRow{"csv", "text/csv"},
};

}  // namespace

std::string_view CodeOf(Syntax syntax) { return kSyntaxes[static_cast<std::size_t>(syntax)].code; }

std::string_view MediaTypeOf(Syntax syntax) { return kSyntaxes[static_cast<std::size_t>(syntax)].media_type; }

std::string ContentTypeOf(const RecordFormat& format) {
  std::string type(MediaTypeOf(format.syntax));
  if (format.syntax != Syntax::kCsv) return type;
  const bool latin = format.csv.encoding == Encoding::kLatin1;
  return type.append("; charset=").append(latin ? "iso-8859-1" : CodeOf(format.csv.encoding));
}

ByteSource FromMemory(std::string_view bytes) {
  return [bytes](std::span<char> room) mutable -> Result<std::size_t> {
    const std::size_t count = std::min(room.size(), bytes.size());
    if (count > 0) std::memcpy(room.data(), bytes.data(), count);
    bytes.remove_prefix(count);
    return count;
  };
}

PlacedSource PlacedInMemory(std::string_view bytes) {
  return [bytes](std::uint64_t offset, std::span<char> room) -> Result<std::size_t> {
    const std::string_view piece = bytes.substr(std::min<std::uint64_t>(offset, bytes.size()), room.size());
    std::ranges::copy(piece, room.begin());
    return piece.size();
  };
}

}  // namespace throughline::formats
