// What spreadsheets make of a table: the names of its columns, cells that they would run.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace throughline::formats {

// "A" for 0, "AB" for 27.
std::string ColumnLetter(std::size_t place);
// A spreadsheet would run the cell as a formula. Plain numbers are not.
bool IsFormula(std::string_view cell);

}  // namespace throughline::formats
