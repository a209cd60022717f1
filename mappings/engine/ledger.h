// What a mapping could not carry, said line by line. Never a value.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace throughline::engine {

enum class LedgerKind : std::uint8_t { kDropped, kCoarsened, kDerived, kRepaired, kUnmapped, kWithheld, kQuarantined };

// "dropped", "coarsened", ...
std::string_view CodeOf(LedgerKind kind);

struct LedgerRow {
  std::string field;  // as the map names it: "meds.*.text"; for what the map does not know: the path without places
  std::string path;   // where it stood: a JSON pointer into the local record, or a FHIRPath place
  LedgerKind kind = LedgerKind::kUnmapped;
  std::string reason;
};

// "record,field,path,kind,reason\r\n" and its lines (RFC 4180; cells that a spreadsheet would run start with ').
std::string_view LedgerHeader();
void AppendLedgerLines(std::string_view record, std::span<const LedgerRow> rows, std::string& out);

}  // namespace throughline::engine
