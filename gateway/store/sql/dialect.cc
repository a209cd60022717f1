#include "gateway/store/sql/dialect.h"

#include <array>

namespace throughline::store::sql {
namespace {

struct WordRow {
  std::string_view word;
  std::string_view Dialect::*spelling;
};
constexpr std::array kWords = {
    WordRow{"@identity@", &Dialect::identity},
    WordRow{"@bytes@", &Dialect::bytes},
    WordRow{"@ordered@", &Dialect::ordered},
    WordRow{"@clustered@", &Dialect::clustered},
};

}  // namespace

std::string Spell(std::string_view text, const Dialect& dialect) {
  std::string out(text);
  for (const WordRow& row : kWords) {
    const std::string_view spelling = dialect.*row.spelling;
    for (std::size_t at = out.find(row.word); at != std::string::npos; at = out.find(row.word, at + spelling.size())) {
      out.replace(at, row.word.size(), spelling);
    }
  }
  return out;
}

}  // namespace throughline::store::sql
