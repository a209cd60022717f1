#include "mappings/engine/ledger.h"

namespace throughline::engine {
namespace {

constexpr std::array<std::string_view, 7> kKinds = {"dropped",  "coarsened", "derived",    "repaired",
                                                    "unmapped", "withheld",  "quarantined"};

void AppendCell(std::string_view text, std::string& out) {
  const bool formula = !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
  const bool quoted = formula || text.find_first_of(",\"\r\n") != std::string_view::npos;
  if (quoted) out.push_back('"');
  if (formula) out.push_back('\'');
  for (const char byte : text) {
    if (byte == '"') out.push_back('"');
    out.push_back(byte);
  }
  if (quoted) out.push_back('"');
}

}  // namespace

std::string_view CodeOf(LedgerKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

std::string_view LedgerHeader() { return "record,field,path,kind,reason\r\n"; }

void AppendLedgerLines(std::string_view record, std::span<const LedgerRow> rows, std::string& out) {
  for (const LedgerRow& row : rows) {
    for (const std::string_view cell :
         {record, std::string_view(row.field), std::string_view(row.path), CodeOf(row.kind)}) {
      AppendCell(cell, out);
      out.push_back(',');
    }
    AppendCell(row.reason, out);
    out.append("\r\n");
  }
}

}  // namespace throughline::engine
