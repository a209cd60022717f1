#include "fhir/path/quantity.h"

#include <algorithm>
#include <charconv>
#include <compare>
#include <cstdint>
#include <functional>

#include "fhir/path/functions.h"
#include "fhir/path/moment.h"
#include "fhir/path/number.h"
#include "fhir/units/units.h"

namespace throughline::path {
namespace {

struct CalendarRow {
  std::string_view word;
  std::string_view ucum;
  bool fixed;                // as long as its UCUM unit
  std::string_view seconds;  // of toQuantity()
};
constexpr std::array<CalendarRow, 8> kCalendar = {{{"year", "a", false, "31536000"},
                                                   {"month", "mo", false, "2592000"},
                                                   {"week", "wk", true, "604800"},
                                                   {"day", "d", true, "86400"},
                                                   {"hour", "h", true, "3600"},
                                                   {"minute", "min", true, "60"},
                                                   {"second", "s", true, "1"},
                                                   {"millisecond", "ms", true, "0.001"}}};

// Null for a unit of UCUM.
const CalendarRow* RowOf(const Item& item) {
  if (!item.calendar()) return nullptr;
  const auto row = std::ranges::find(kCalendar, CalendarUnit(item.unit()), &CalendarRow::word);
  return row == kCalendar.end() ? nullptr : &*row;
}

const CalendarRow* RowOfUcum(std::string_view unit) {
  const auto row = std::ranges::find(kCalendar, unit, &CalendarRow::ucum);
  return row == kCalendar.end() ? nullptr : &*row;
}

// Durations of FHIR data take the side of the other quantity.
Item Beside(const Item& item, const Item& other) {
  if (!item.fhir_duration()) return item;
  const CalendarRow* row = RowOfUcum(item.unit());
  return other.calendar() && row != nullptr ? Item::Quantity(item.text(), row->word, true)
                                            : Item::Quantity(item.text(), item.unit());
}

// Where one unit is the calendar's and the other UCUM's: both in UCUM. Nothing for years and months of either.
bool FixedUnits(const Item& left, const Item& right, std::string_view& unit_left, std::string_view& unit_right) {
  const auto fixed = [](const Item& item, std::string_view& unit) {
    const CalendarRow* row = item.calendar() ? RowOf(item) : RowOfUcum(UnitOf(item));
    unit = item.calendar() && row != nullptr ? row->ucum : UnitOf(item);
    return row == nullptr || row->fixed;
  };
  const bool fixed_left = fixed(left, unit_left);
  const bool fixed_right = fixed(right, unit_right);
  return (fixed_left && fixed_right) || left.calendar() == right.calendar();
}

std::string_view EquivalentUnit(const Item& item) {
  const CalendarRow* row = RowOf(item);
  return row == nullptr ? UnitOf(item) : row->ucum;
}

bool SameUnit(const Item& left, const Item& right) {
  if (left.calendar() != right.calendar()) return false;
  return left.calendar() ? RowOf(left) == RowOf(right) : UnitOf(left) == UnitOf(right);
}

std::optional<std::string> Converted(std::string_view number, std::string_view from, std::string_view to) {
  if (from == to) return std::string(number);
  std::optional<units::Number> converted = units::Convert(number, from, to);
  return converted ? std::optional(std::move(converted->text)) : std::nullopt;
}

// Both to the precision of the less precise one.
bool SameRounded(std::string_view left, std::string_view right) {
  const std::size_t places = std::min(SignificantPlaces(left), SignificantPlaces(right));
  const auto a = RoundNumber(left, places, Rounding::kHalfAwayFromZero);
  const auto b = RoundNumber(right, places, Rounding::kHalfAwayFromZero);
  return a && b && CompareNumbers(*a, *b) == 0;
}

// From one calendar unit to another: years and months by twelve, all else by days of 86,400 seconds.
std::optional<std::string> BetweenCalendar(std::string_view number, const CalendarRow& from, const CalendarRow& to) {
  if (&from == &to) return std::string(number);
  if (!from.fixed && !to.fixed) {
    return from.word == "year" ? MultiplyNumbers(number, "12") : DivideNumbers(number, "12");
  }
  const auto seconds = MultiplyNumbers(number, from.seconds);
  return seconds ? DivideNumbers(*seconds, to.seconds) : std::nullopt;
}

}  // namespace

NumberText::NumberText(const Item& item) {
  if (item.kind() != ItemKind::kInteger && item.kind() != ItemKind::kLong) {
    view_ = item.text();
    return;
  }
  const auto result = std::to_chars(digits_.data(), digits_.data() + digits_.size(), item.integer());
  view_ = std::string_view(digits_.data(), static_cast<std::size_t>(result.ptr - digits_.data()));
}

std::string_view UnitOf(const Item& item) { return item.kind() == ItemKind::kQuantity ? item.unit() : "1"; }

Order CompareQuantities(const Item& left, const Item& right) {
  const NumberText a(left);
  const NumberText b(right);
  if (SameUnit(left, right)) return ToOrder(CompareNumbers(a.view(), b.view()));
  const Item one = Beside(left, right);
  const Item two = Beside(right, left);
  const CalendarRow* row_one = RowOf(one);
  const CalendarRow* row_two = RowOf(two);
  if (row_one != nullptr && row_two != nullptr) {
    const CalendarRow& finer = row_one > row_two ? *row_one : *row_two;
    const auto x = BetweenCalendar(a.view(), *row_one, finer);
    const auto y = BetweenCalendar(b.view(), *row_two, finer);
    return x && y ? ToOrder(CompareNumbers(*x, *y)) : Order::kUnknown;
  }
  std::string_view unit_one;
  std::string_view unit_two;
  if (!FixedUnits(one, two, unit_one, unit_two)) return Order::kUnknown;
  const auto order = units::Compare(a.view(), unit_one, b.view(), unit_two);
  if (!order) return Order::kUnknown;
  if (std::is_eq(*order)) return Order::kEqual;
  return std::is_lt(*order) ? Order::kLess : Order::kGreater;
}

bool QuantitiesEquivalent(const Item& left, const Item& right) {
  const NumberText a(left);
  const NumberText b(right);
  const std::string_view unit_a = EquivalentUnit(left);
  const std::string_view unit_b = EquivalentUnit(right);
  if (unit_a == unit_b) return SameRounded(a.view(), b.view());
  const auto larger = units::Compare("1", unit_a, "1", unit_b);
  if (!larger) return false;
  const bool to_left = std::is_gteq(*larger);
  const auto converted = to_left ? Converted(b.view(), unit_b, unit_a) : Converted(a.view(), unit_a, unit_b);
  return converted && SameRounded(*converted, to_left ? a.view() : b.view());
}

bool QuantityHash(const Item& quantity, std::uint64_t& hash) {
  if (quantity.calendar() || quantity.fhir_duration() || RowOfUcum(quantity.unit()) != nullptr) return false;
  const auto canonical = units::ToCanonical(quantity.text(), quantity.unit());
  if (!canonical || !canonical->value.exact) return false;
  hash = NumberHash(canonical->value.text);
  if (canonical->unit != "1") hash ^= std::hash<std::string>{}(canonical->unit);
  return true;
}

std::optional<std::string> InUnit(const Item& item, const Item& like) {
  const NumberText number(item);
  if (SameUnit(item, like)) return std::string(number.view());
  const Item from = Beside(item, like);
  const Item to = Beside(like, item);
  if (from.calendar() && to.calendar()) return BetweenCalendar(number.view(), *RowOf(from), *RowOf(to));
  std::string_view unit_from;
  std::string_view unit_to;
  if (!FixedUnits(from, to, unit_from, unit_to)) return std::nullopt;
  return Converted(number.view(), unit_from, unit_to);
}

Item UnitItem(std::string_view unit) { return Item::Quantity("1", unit, IsCalendarUnit(unit)); }

std::string_view CalendarWord(const Item& quantity) {
  const CalendarRow* row = RowOfUcum(quantity.unit());
  return quantity.fhir_duration() && row != nullptr ? row->word : quantity.unit();
}

bool IsSpecialUnit(std::string_view unit) {
  return unit != "1" && units::IsUnit(unit) && !units::ProductUnit(unit, "1");
}

bool Comparable(Invocation& call, Collection& out) {
  Item left;
  Item right;
  bool there = false;
  bool other_there = false;
  if (!call.InputSystem(left, there) || !call.SystemArgument(0, right, other_there)) return false;
  const auto numeric = [](const Item& item) {
    return (KindBit(item.kind()) & (kNumberKinds | KindBit(ItemKind::kQuantity))) != 0;
  };
  if (!there || !other_there || !numeric(left) || !numeric(right)) return true;
  out.Add(Item::Boolean(CompareQuantities(left, right) != Order::kUnknown));
  return true;
}

}  // namespace throughline::path
