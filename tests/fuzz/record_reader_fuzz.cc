// The first byte says the format, the second the size of the pieces; the rest is the file. However it is cut, the same
// is read; and what was read whole is written, read as the same, and written as the same bytes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/parse.h"
#include "fhir/json/write.h"
#include "mappings/formats/record_reader.h"
#include "mappings/formats/record_writer.h"
#include "tests/fuzz/cut_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace throughline;  // NOLINT: one function
  if (size < 2) return 0;
  const char* const paths[] = {"*", "d.*", "a.d.*", ""};
  formats::RecordFormat format;
  format.syntax = (bytes[0] & 4) != 0 ? formats::Syntax::kNdjson : formats::Syntax::kJson;
  if (format.syntax == formats::Syntax::kJson) format.records = paths[bytes[0] & 3];
  format.indent = (bytes[0] & 8) != 0 ? 2 : -1;
  const std::string_view file(reinterpret_cast<const char*>(bytes) + 2, size - 2);
  formats::Limits limits;
  limits.record_bytes = 4096;
  limits.envelope_bytes = 1024;
  const Reading reading = ReadCut(format, file, file.size() + 1, limits);
  if (reading != ReadCut(format, file, bytes[1] + 1u, limits)) __builtin_trap();
  if (!reading.whole) return 0;
  std::vector<std::string> written;
  const std::string out = WriteAgain(format, reading, written);
  if (written != reading.records) __builtin_trap();
  if (format.records.empty() && written.empty()) return 0;  // a file that is one record, which could not be read
  limits.record_bytes = limits.envelope_bytes = 1 << 20;
  const Reading again = ReadCut(format, out, 64, limits);
  if (!again.whole || again.envelope != reading.envelope || again.records != reading.records) __builtin_trap();
  written.clear();
  if (WriteAgain(format, again, written) != out) __builtin_trap();
  return 0;
}
