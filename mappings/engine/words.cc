#include "mappings/engine/words.h"

namespace throughline::engine {

std::vector<std::string_view> NamesOf(Place place) {
  std::vector<std::string_view> names;
  for (const Word& word : WordsOf(place)) names.push_back(word.name);
  return names;
}

}  // namespace throughline::engine
