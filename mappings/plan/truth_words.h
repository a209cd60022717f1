// The words of a boolean that a record writes as text. For mappings/ only.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "mappings/plan/plan.h"

namespace throughline::plan {

// What a word means, and its place in the map's list of words with that meaning: the first is the usual one.
struct TruthWord {
  bool truth = false;
  std::size_t place = 0;
};

// Nothing: none of the field's words.
std::optional<TruthWord> FindTruth(const Field& field, std::string_view text);
// An empty text is one of its words.
inline bool HasBlankWord(const Field& field) { return FindTruth(field, "").has_value(); }
inline const std::vector<std::string>& WordsFor(const Field& field, bool truth) { return truth ? field.yes : field.no; }

}  // namespace throughline::plan
