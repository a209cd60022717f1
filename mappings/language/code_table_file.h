// The files of code tables: a FHIR ConceptMap in JSON, or a CSV that is one:
//   local,system,code,display,equivalence,preferred
// https://hl7.org/fhir/R4/conceptmap.html. Private to the room.
#pragma once

#include <string>
#include <string_view>

#include "mappings/language/diagnostics.h"
#include "mappings/plan/code_table.h"

namespace throughline::definitions {
class Definitions;
}

namespace throughline::language {

// Fills `table`, whose file holds `text`: a ConceptMap when the file's name ends in .json or its text begins with '{',
// else a CSV. All findings go to `diagnostics`; a table that cannot be read stays empty.
void ReadCodeTable(std::string_view text, const definitions::Definitions& definitions, Diagnostics& diagnostics,
                   CodeTable& table);

// The readers of both forms. All findings go to `diagnostics` (rule "map-code-table", in `file`); rows that cannot be
// used are left out. False: nothing could be read.
bool ReadCodesCsv(std::string_view file, std::string_view text, Diagnostics& diagnostics, CodeRows& out);
bool ReadCodesJson(std::string_view file, std::string_view text, const definitions::Definitions& definitions,
                   Diagnostics& diagnostics, CodeRows& out);
// What is wrong with a row whatever it was read from, as a sentence; empty: nothing.
std::string_view FaultOf(const CodeRow& row);
// "; did you mean 'equal'?" for a word that is none of ConceptMap's equivalences; empty for one that is.
std::string NearestEquivalence(std::string_view written);
// Where the row stands in `file`, which it was read from. Nowhere when nothing more is kept of that file: to look costs
// the reading of the whole text.
Mark MarkOf(const CodeRow& row, std::string_view file, const Diagnostics& diagnostics);

}  // namespace throughline::language
