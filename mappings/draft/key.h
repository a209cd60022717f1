// Which fields make a record the same record. Private to the room.
#pragma once

#include <string>
#include <vector>

#include "mappings/draft/profile.h"

namespace throughline::draft {

struct Key {
  std::vector<const Node*> parts;         // empty: there are no records to tell
  bool rows = false;                      // several rows have the same key: they are one record
  std::vector<std::string> varying = {};  // columns that differ between such rows
  bool guessed = false;                   // no field tells the records apart
};

// `nested`: fields below members may be parts too (JSON).
Key GuessKey(const Profile& profile, bool csv);

// The words of a field's name that say what it is about, in the languages of the lists.
bool IsAboutAPerson(std::string_view name);  // a name, a date of birth, an address, a number of a person
bool IsIdentifier(std::string_view name);

}  // namespace throughline::draft
