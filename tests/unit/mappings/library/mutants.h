// Every way in which one entry of a map, or of its code tables, can be taken away or be made another.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace throughline::library {

// One changed file.
struct Mutant {
  std::string file;  // beside the map: "map.yaml", "codes/sex.csv"
  std::size_t line = 0;
  std::string entry;  // "fields.sex.codes"
  std::string what;   // "deleted", "'sex' -> 'housing'"
  std::string text;   // of the whole file
  // Of the mutants with the same number the first one that can be loaded is taken: tries at another sound value.
  std::size_t choice = 0;
};

// Of map.yaml, all entries but those below `tests`.
std::vector<Mutant> MutantsOfMap(std::string_view yaml);
// Of a code table, a CSV.
std::vector<Mutant> MutantsOfTable(const std::string& file, std::string_view csv);

}  // namespace throughline::library
