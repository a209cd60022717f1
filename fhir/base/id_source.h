// Where resource ids come from.
#pragma once

#include <string>
#include <string_view>

namespace throughline {

// Ids fit FHIR's `id` type: [A-Za-z0-9\-\.]{1,64}. Safe from several threads.
// https://hl7.org/fhir/R4/datatypes.html#id
class IdSource {
 public:
  virtual ~IdSource() = default;

  // An id that was never given before.
  virtual std::string Fresh() = 0;

  // The same id for the same three words, always; nobody without the key can guess it from them.
  // `map`: the map's name; `key`: what makes the record the same record; `name`: the resource's name in the map,
  // with the item's place for repeated resources ("barrier[0]").
  virtual std::string ForKey(std::string_view map, std::string_view key, std::string_view name) const = 0;
};

}  // namespace throughline
