// The first byte says the format, the second the size of the pieces; the rest is the file. What was read is written,
// and what was written is read as the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/parse.h"
#include "mappings/formats/record_reader.h"
#include "mappings/formats/record_writer.h"

namespace {

using namespace throughline;  // NOLINT: one target

std::vector<std::string> ReadRecords(const formats::RecordFormat& format, std::string_view file, std::size_t piece,
                                     std::string& envelope) {
  const formats::ByteSource source = [file, piece](std::span<char> room) mutable -> Result<std::size_t> {
    const std::size_t count = std::min({piece, room.size(), file.size()});
    if (count > 0) std::memcpy(room.data(), file.data(), count);
    file.remove_prefix(count);
    return count;
  };
  formats::Limits limits;
  limits.record_bytes = 4096;
  formats::RecordReader reader(format, source, limits);
  std::vector<std::string> records;
  json::Arena arena;
  for (;;) {
    const auto record = reader.Next(arena);
    if (!record) {
      if (record.error().kind == ErrorKind::kInternal) __builtin_trap();
      break;
    }
    if (!record->has_value()) break;
    if (!(*record)->error) records.emplace_back((*record)->bytes);
    arena.Reset();
  }
  envelope = reader.envelope();
  return records;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 2) return 0;
  formats::RecordFormat format;
  format.syntax = formats::Syntax::kCsv;
  format.csv.delimiter = (bytes[0] & 1) != 0 ? ';' : ',';
  format.csv.encoding = static_cast<formats::Encoding>((bytes[0] >> 1) % 3);
  format.csv.guarded = (bytes[0] & 8) != 0;
  format.csv.rows = (bytes[0] & 16) != 0 ? "row" : "";
  format.csv.columns = {{"a", {"A", "a"}, "", false, true}, {"b", {"B"}, "NA", format.csv.rows == "row", false}};
  const std::string_view file(reinterpret_cast<const char*>(bytes) + 2, size - 2);
  std::string envelope;
  const std::vector<std::string> records = ReadRecords(format, file, bytes[1] + 1u, envelope);
  if (envelope.empty()) return 0;
  std::string out;
  formats::RecordWriter writer(format, envelope, [&](std::string_view piece) -> Result<void> {
    out.append(piece);
    return {};
  });
  if (!writer.Begin()) return 0;
  for (const std::string& record : records) {
    const auto value = json::ParseDocument(record);
    if (value && !writer.Write(value->root)) __builtin_trap();
  }
  std::string again;
  const std::vector<std::string> twice = ReadRecords(format, out, 64, again);
  if (twice.size() > records.size()) __builtin_trap();
  return 0;
}
