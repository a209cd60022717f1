#include "mappings/formats/spreadsheet.h"

#include <algorithm>

#include "fhir/base/decimal.h"

namespace throughline::formats {

std::string ColumnLetter(std::size_t place) {
  std::string letters;
  for (std::size_t rest = place + 1; rest > 0; rest = (rest - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  }
  return letters;
}

bool IsFormula(std::string_view cell) {
  if (cell.empty() || std::string_view("=+-@\t\r").find(cell.front()) == std::string_view::npos) return false;
  std::string number(cell);
  std::ranges::replace(number, ',', '.');
  return !IsJsonNumber(number);
}

}  // namespace throughline::formats
