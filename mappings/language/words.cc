#include "mappings/language/words.h"

namespace throughline::language {

std::vector<std::string_view> NamesOf(Place place) {
  std::vector<std::string_view> names;
  for (const Word& word : WordsOf(place)) names.push_back(word.name);
  return names;
}

}  // namespace throughline::language
