// Where the walker stands: a chain on the stack, written out only when something is wrong there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "fhir/definitions/definitions.h"

namespace throughline::validate {

struct Place {
  static constexpr std::size_t kSingle = static_cast<std::size_t>(-1);

  const Place* parent = nullptr;
  std::string_view name;         // "Patient", "name"; empty: the parent itself
  std::size_t index = kSingle;   // among the items of an array
  std::string_view member = {};  // the member's name in JSON where it is not `name`: "valueQuantity", "_given"
  const definitions::Element* element = nullptr;  // its row, where the walker stands; may be null

  std::size_t depth() const;
};

// "Patient.name[0].given[1]".
std::string ToExpression(const Place& place);
// "/name/0/given/1": where it stands in the JSON of the first place. https://www.rfc-editor.org/rfc/rfc6901
std::string ToPointer(const Place& place);

}  // namespace throughline::validate
