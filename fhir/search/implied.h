// The code systems that elements of type `code` imply. https://hl7.org/fhir/R4/search.html#token
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "fhir/definitions/definitions.h"

namespace throughline::search {

// Of one parameter: the codes of the value set that its element is bound to, with the system of each.
class ImpliedSystems {
 public:
  // Knows nothing when the expression is no path of names to an element with a required binding, or leads to several
  // with different ones; or when the value set cannot be listed.
  ImpliedSystems(const definitions::Definitions& definitions, const definitions::SearchParameter& parameter);

  // Empty: not known, or in several systems.
  std::string_view Find(std::string_view code) const;

 private:
  std::map<std::string, std::string, std::less<>> systems_;  // by code
};

}  // namespace throughline::search
