#include "mappings/plan/truth_words.h"

#include <algorithm>

namespace throughline::plan {

std::optional<TruthWord> FindTruth(const Field& field, std::string_view text) {
  for (const bool truth : {true, false}) {
    const std::vector<std::string>& words = WordsFor(field, truth);
    const auto found = std::ranges::find(words, text);
    if (found != words.end()) return TruthWord{truth, static_cast<std::size_t>(found - words.begin())};
  }
  return std::nullopt;
}

}  // namespace throughline::plan
