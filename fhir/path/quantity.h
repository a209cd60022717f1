// Quantities: numbers with a unit of UCUM or with a calendar word. https://hl7.org/fhirpath/N1/#quantity
#pragma once

#include <array>
#include <cstdint>
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

// By the rules of `=` and `<`. Calendar units compare with each other (a year is 12 months or 365 days, a month 30
// days); weeks and less are UCUM's too, years and months are not. kUnknown: units that cannot be compared.
// https://hl7.org/fhirpath/N1/#quantity-equality
Order CompareQuantities(const Item& left, const Item& right);
// By the rules of `~`: in the larger unit, to the precision of the less precise number; a calendar unit is its UCUM
// unit.
bool QuantitiesEquivalent(const Item& left, const Item& right);

// The same for quantities that are equal, and NumberHash() for one that may be equal to a number. False: there is no
// such hash for this one, what it is equal to may have another.
bool QuantityHash(const Item& quantity, std::uint64_t& hash);

// The number of `item` in the unit of `like`. Nothing when there is no way.
std::optional<std::string> InUnit(const Item& item, const Item& like);

// A unit as toQuantity() is given it: a calendar word, singular or plural, or a UCUM code.
Item UnitItem(std::string_view unit);

// The unit of a quantity that is added to a date: the calendar's for durations of FHIR data.
std::string_view CalendarWord(const Item& quantity);

// A unit on a scale of its own (Cel, B): its quantities are not reckoned with.
bool IsSpecialUnit(std::string_view unit);

}  // namespace throughline::path
