#include "fhir/path/quantity.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "fhir/path/number.h"

namespace throughline::path {
namespace {

// Units of time: those of a dimension convert into each other. Calendar years and months have no fixed length, UCUM's
// `a` and `mo` are lengths (365.25 and 30.4375 days), so they are other dimensions.
enum class Dimension : std::uint8_t { kLength, kCalendarMonths };

struct UnitRow {
  std::string_view name;
  bool calendar;
  Dimension dimension;
  std::string_view factor;  // milliseconds or months
};
constexpr std::array<UnitRow, 16> kUnits = {{
    {"year", true, Dimension::kCalendarMonths, "12"},
    {"month", true, Dimension::kCalendarMonths, "1"},
    {"week", true, Dimension::kLength, "604800000"},
    {"day", true, Dimension::kLength, "86400000"},
    {"hour", true, Dimension::kLength, "3600000"},
    {"minute", true, Dimension::kLength, "60000"},
    {"second", true, Dimension::kLength, "1000"},
    {"millisecond", true, Dimension::kLength, "1"},
    {"a", false, Dimension::kLength, "31557600000"},
    {"mo", false, Dimension::kLength, "2629800000"},
    {"wk", false, Dimension::kLength, "604800000"},
    {"d", false, Dimension::kLength, "86400000"},
    {"h", false, Dimension::kLength, "3600000"},
    {"min", false, Dimension::kLength, "60000"},
    {"s", false, Dimension::kLength, "1000"},
    {"ms", false, Dimension::kLength, "1"},
}};

const UnitRow* FindUnit(const Item& item) {
  if (item.kind() != ItemKind::kQuantity) return nullptr;
  const auto row = std::ranges::find_if(
      kUnits, [&](const UnitRow& r) { return r.name == item.unit() && r.calendar == item.calendar(); });
  return row == kUnits.end() ? nullptr : &*row;
}

bool SameUnit(const Item& left, const Item& right) {
  return UnitOf(left) == UnitOf(right) && left.calendar() == right.calendar();
}

Order ToOrder(int sign) { return sign < 0 ? Order::kLess : (sign > 0 ? Order::kGreater : Order::kEqual); }

Order CompareByFactor(const Item& left, std::string_view left_factor, const Item& right,
                      std::string_view right_factor) {
  const auto a = MultiplyNumbers(left.text(), left_factor);
  const auto b = MultiplyNumbers(right.text(), right_factor);
  return a && b ? ToOrder(CompareNumbers(*a, *b)) : Order::kUnknown;
}

// "a" and "mo" for the calendar's year and month.
std::string_view UcumName(const Item& item) {
  if (!item.calendar()) return UnitOf(item);
  const auto row = std::ranges::find_if(kUnits, [&](const UnitRow& r) { return r.calendar && r.name == item.unit(); });
  return row == kUnits.end() ? item.unit() : kUnits[static_cast<std::size_t>(row - kUnits.begin()) + 8].name;
}

}  // namespace

NumberText::NumberText(const Item& item) {
  if (item.kind() != ItemKind::kInteger) {
    view_ = item.text();
    return;
  }
  const auto result = std::to_chars(digits_.data(), digits_.data() + digits_.size(), item.integer());
  view_ = std::string_view(digits_.data(), static_cast<std::size_t>(result.ptr - digits_.data()));
}

std::string_view UnitOf(const Item& item) { return item.kind() == ItemKind::kQuantity ? item.unit() : "1"; }

Order CompareQuantities(const Item& left, const Item& right) {
  if (SameUnit(left, right)) {
    const NumberText a(left);
    const NumberText b(right);
    return ToOrder(CompareNumbers(a.view(), b.view()));
  }
  const UnitRow* a = FindUnit(left);
  const UnitRow* b = FindUnit(right);
  if (a == nullptr || b == nullptr || a->dimension != b->dimension) return Order::kUnknown;
  return CompareByFactor(left, a->factor, right, b->factor);
}

Order CompareQuantitiesLoosely(const Item& left, const Item& right) {
  if (UcumName(left) != UcumName(right)) return CompareQuantities(left, right);
  const NumberText a(left);
  const NumberText b(right);
  return ToOrder(CompareNumbers(a.view(), b.view()));
}

std::optional<std::string> InUnit(const Item& item, const Item& like) {
  const NumberText number(item);
  if (SameUnit(item, like)) return std::string(number.view());
  const UnitRow* from = FindUnit(item);
  const UnitRow* to = FindUnit(like);
  if (from == nullptr || to == nullptr || from->dimension != to->dimension) return std::nullopt;
  const auto small = MultiplyNumbers(number.view(), from->factor);
  return small ? DivideNumbers(*small, to->factor) : std::nullopt;
}

}  // namespace throughline::path
