// An index row as a line of JSON: what `throughline index` prints.
#pragma once

#include <string>
#include <string_view>

#include "fhir/search/index_row.h"

namespace throughline::search {

// Appends an object without line end; members that are not stated are null.
//   {"param":"code","type":"token","system":"http://loinc.org","code":"8480-6"}
//   {"param":"family","type":"string","value":"Müller","folded":"muller"}
//   {"param":"subject","type":"reference","target":"Patient/1"}     a version: "version":"2"
//   {"param":"date","type":"date","start":"2024-05-01T00:00:00.000Z","end":"2024-06-01T00:00:00.000Z"}     [start, end)
//   {"param":"probability","type":"number","low":"0.95","high":"1.05","value":"1.0"}
//   {"param":"value-quantity","type":"quantity","low":"5.35","high":"5.45","value":"5.4","system":..,"code":"mg"}
//   {"param":"url","type":"uri","value":"http://example.org/x"}
//   {"param":"code-value-quantity","type":"composite","components":[{"type":"token",..},{"type":"quantity",..}]}
// `low` and `high` are the ends of what the literal stands for by its written precision, or those of a Range (`value`
// is null then). A quantity has its `unit` too where one is written, and "canonical":true when the row is the same
// amount in UCUM's base units: `low` and `high` are that amount then. `resource` ("Patient/1") becomes the first member
// when it is not empty.
void WriteRow(const IndexRow& row, std::string_view resource, std::string& out);

}  // namespace throughline::search
