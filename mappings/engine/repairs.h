// Texts that are not written quite as the map says, read all the same: with blanks around them, in another case of
// letters. How each was written travels as a form (departures.h), so that it comes back. Private to the room.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "mappings/engine/instance.h"

namespace throughline::engine {

// How one text was written.
struct Spelling {
  std::size_t before = 0;  // blanks
  std::size_t behind = 0;
  std::string mask;      // of letters in the other case (plan/letter_case.h)
  bool nothing = false;  // the text says nothing
};

// The text of a leaf as the map reads it; `written` itself where there is nothing to repair. Of a leaf with several
// cases the blanks and the word for nothing alone: the case that takes it knows its words.
json::Value Repaired(const Plan& plan, const LocalNode& leaf, const json::Value& written, json::Arena& arena);
// The same of the case that takes it.
json::Value RepairedFor(const Plan& plan, const Field& field, const json::Value& written, json::Arena& arena);
// A `repaired` line of the ledger for each repair, and the form line: "spelt0.2.3f /sex".
void SayRepair(const Field& field, const Scope& scope, const json::Value& written, const json::Value& read,
               const Instance& leaf, Findings& findings);

// What the word of a form line says; nothing: it is another word.
std::optional<Spelling> SpellingIn(std::string_view word);
// `text` as it was written; nothing when it cannot have been written so.
std::optional<std::string> AsWritten(std::string_view text, const Spelling& spelling);

}  // namespace throughline::engine
