// Tables of FHIR's codes and what they are here.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace throughline::compile {

template <typename Word>
struct CodeRow {
  std::string_view code;
  Word word;
};

// Sets `out` to the word of a code; false when it is in none of the rows.
template <typename Word, std::size_t kCount>
bool FindWord(const std::array<CodeRow<Word>, kCount>& rows, std::string_view code, Word& out) {
  const auto* const row = std::ranges::find(rows, code, &CodeRow<Word>::code);
  if (row == rows.end()) {
    return false;
  }
  out = row->word;
  return true;
}

}  // namespace throughline::compile
