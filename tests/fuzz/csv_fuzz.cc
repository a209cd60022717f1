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
  formats::RecordFormat format;
  format.syntax = formats::Syntax::kCsv;
  format.csv.delimiter = (bytes[0] & 1) != 0 ? ';' : ',';
  format.csv.encoding = static_cast<formats::Encoding>((bytes[0] >> 1) % 3);
  format.csv.guarded = (bytes[0] & 8) != 0;
  format.csv.rows = (bytes[0] & 16) != 0 ? "row" : "";
  format.csv.quote = (bytes[0] & 32) != 0 ? '\0' : '"';
  format.csv.columns = {{"a", {"A", "a"}, "", false, true}, {"b", {"B"}, "NA", format.csv.rows == "row", false}};
  const std::string_view file(reinterpret_cast<const char*>(bytes) + 2, size - 2);
  formats::Limits limits;
  limits.record_bytes = 4096;
  const Reading reading = ReadCut(format, file, file.size() + 1, limits);
  if (reading != ReadCut(format, file, bytes[1] + 1u, limits)) __builtin_trap();
  if (reading.envelope.empty()) return 0;
  std::vector<std::string> written;
  const std::string out = WriteAgain(format, reading, written);
  // A column that the map does not know is not written, and a file without quotes cannot say everything.
  const bool known = reading.envelope.starts_with(R"({"header":["A","B"],)");
  if (!known || format.csv.quote == 0 || written.size() != reading.records.size()) return 0;
  limits.record_bytes = 1 << 20;
  const Reading again = ReadCut(format, out, 64, limits);
  if (again.envelope != reading.envelope || again.records != reading.records) __builtin_trap();
  written.clear();
  if (WriteAgain(format, again, written) != out) __builtin_trap();
  return 0;
}
