#include "mappings/formats/spreadsheet.h"

#include <algorithm>
#include <array>

#include "fhir/base/decimal.h"

namespace throughline::formats {
namespace {

// How a cell begins that is run, in full width too. https://owasp.org/www-community/attacks/CSV_Injection
constexpr std::array<std::string_view, 11> kBeginnings = {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"};

}  // namespace

std::string ColumnLetter(std::size_t place) {
  std::string letters;
  for (std::size_t rest = place + 1; rest > 0; rest = (rest - 1) / 26) {
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  }
  return letters;
}

bool IsFormula(std::string_view cell) {
  if (std::ranges::none_of(kBeginnings, [&](std::string_view begin) { return cell.starts_with(begin); })) return false;
  std::string number(cell);
  std::ranges::replace(number, ',', '.');
  return !IsJsonNumber(number);
}

}  // namespace throughline::formats
