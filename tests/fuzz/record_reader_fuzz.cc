// The first byte says the format, the second the size of the pieces; the rest is the file. Records that come out are
// JSON, however the file is cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "mappings/formats/record_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace throughline;  // NOLINT: one function
  if (size < 2) return 0;
  const char* const paths[] = {"*", "d.*", "a.d.*", ""};
  formats::RecordFormat format;
  format.syntax = (bytes[0] & 4) != 0 ? formats::Syntax::kNdjson : formats::Syntax::kJson;
  format.records = paths[bytes[0] & 3];
  const std::size_t piece = bytes[1] + 1u;
  std::string_view rest(reinterpret_cast<const char*>(bytes) + 2, size - 2);
  const formats::ByteSource source = [rest, piece](std::span<char> room) mutable -> Result<std::size_t> {
    const std::size_t count = std::min({piece, room.size(), rest.size()});
    if (count > 0) std::memcpy(room.data(), rest.data(), count);
    rest.remove_prefix(count);
    return count;
  };
  formats::Limits limits;
  limits.record_bytes = 4096;
  limits.envelope_bytes = 1024;
  formats::RecordReader reader(format, source, limits);
  json::Arena arena;
  for (;;) {
    const auto record = reader.Next(arena);
    if (!record) {
      if (record.error().kind == ErrorKind::kInternal) __builtin_trap();
      break;
    }
    if (!record->has_value()) break;
    arena.Reset();
  }
  return 0;
}
