// Quantities as far as their units are the same or units of time; other units compare only with themselves.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/path/item.h"
#include "fhir/path/operators.h"

namespace throughline::path {

// The literal of an integer, decimal or quantity, without a copy on the heap.
class NumberText {
 public:
  explicit NumberText(const Item& item);
  NumberText(const NumberText&) = delete;
  NumberText& operator=(const NumberText&) = delete;
  std::string_view view() const { return view_; }

 private:
  std::array<char, 24> digits_;
  std::string_view view_;
};

// "1" for numbers.
std::string_view UnitOf(const Item& item);

// kUnknown: units that cannot be converted.
Order CompareQuantities(const Item& left, const Item& right);
// Equal by the rules of `~`, where a calendar unit is its UCUM unit.
Order CompareQuantitiesLoosely(const Item& left, const Item& right);

// The number of `item` in `unit` (of the kind of item's own); nothing when there is no way.
std::optional<std::string> InUnit(const Item& item, const Item& like);

}  // namespace throughline::path
