// lowBoundary(), highBoundary(), precision(). https://build.fhir.org/ig/HL7/FHIRPath/#utility-functions
#include <algorithm>
#include <array>
#include <string>

#include "fhir/base/date_time.h"
#include "fhir/path/functions.h"
#include "fhir/path/moment.h"
#include "fhir/path/number.h"
#include "fhir/path/quantity.h"

namespace throughline::path {
namespace {

constexpr std::int64_t kDefaultPlaces = 8;
constexpr std::int64_t kMaxPlaces = 28;

// Part by part: how many digits a date or time has when it ends there, and how its text does. The parts of the least
// and the greatest moment stand beside.
struct PartRow {
  std::int64_t digits;
  std::size_t size;
  std::string_view low;
  std::string_view high;
};
constexpr std::array<PartRow, 7> kDateTimeParts = {{{4, 4, "", ""},
                                                    {6, 7, "-01", "-12"},
                                                    {8, 10, "-01", ""},
                                                    {10, 13, "T00", "T23"},
                                                    {12, 16, ":00", ":59"},
                                                    {14, 19, ":00", ":59"},
                                                    {17, 23, ".000", ".999"}}};
constexpr std::array<PartRow, 4> kTimeParts = {
    {{2, 2, "", ""}, {4, 5, ":00", ":59"}, {6, 8, ":00", ":59"}, {9, 12, ".000", ".999"}}};

std::span<const PartRow> BoundaryParts(ItemKind kind) {
  if (kind == ItemKind::kTime) return kTimeParts;
  return std::span(kDateTimeParts).first(kind == ItemKind::kDate ? 3 : kDateTimeParts.size());
}

// "+02:00", "Z"; empty when none is written.
std::string_view ZoneOf(const Item& moment) {
  const std::size_t clock = moment.text().find('T');
  if (moment.kind() != ItemKind::kDateTime || clock == std::string_view::npos) return {};
  const std::size_t zone = moment.text().find_first_of("Z+-", clock);
  return zone == std::string_view::npos ? std::string_view{} : moment.text().substr(zone);
}

std::string_view WithoutZone(const Item& moment) {
  return moment.text().substr(0, moment.text().size() - ZoneOf(moment).size());
}

std::string LastDay(std::string_view month) {
  using namespace std::chrono;
  const std::optional<DateTime> at = DateTime::ParsePartial(month);
  if (!at) return "-28";
  const year_month_day_last last{year{at->year()},
                                 month_day_last{std::chrono::month(static_cast<unsigned>(at->month()))}};
  return "-" + std::to_string(static_cast<unsigned>(last.day()));
}

bool AddMoment(Invocation& call, const Item& moment, bool high, std::optional<std::int64_t> digits, Collection& out) {
  const std::span<const PartRow> parts = BoundaryParts(moment.kind());
  const auto last = digits ? std::ranges::find(parts, *digits, &PartRow::digits) : parts.end() - 1;
  if (last == parts.end()) return true;
  std::string text(WithoutZone(moment).substr(0, last->size));
  for (auto part = parts.begin() + 1; part <= last; ++part) {
    if (text.size() >= part->size) continue;
    const bool fraction = part->size > 19 || (moment.kind() == ItemKind::kTime && part->size > 8);
    if (fraction && text.size() > (part - 1)->size) {
      text.append(part->size - text.size(), high ? '9' : '0');
    } else {
      text += high ? (part->high.empty() ? LastDay(text) : std::string(part->high)) : std::string(part->low);
    }
  }
  if (moment.kind() == ItemKind::kDateTime && text.size() > 10) {
    const std::string_view zone = ZoneOf(moment);
    text += !zone.empty() ? zone : high ? "-12:00" : "+14:00";
  }
  std::string_view kept;
  if (!call.run().Keep(call.offset(), text, kept)) return false;
  out.Add(moment.kind() == ItemKind::kTime   ? Item::Time(kept)
          : moment.kind() == ItemKind::kDate ? Item::Date(kept)
                                             : Item::DateTime(kept));
  return true;
}

// "0.0005" for three places: half of the last digit.
std::string HalfOf(std::size_t places) { return "0." + std::string(places, '0') + "5"; }

bool AddBoundary(Invocation& call, const Item& item, bool high, std::int64_t places, Collection& out) {
  if (places < 0 || places > kMaxPlaces) return true;
  const NumberText number(item);
  const std::string half = HalfOf(WrittenPlaces(number.view()));
  const auto edge = high ? AddNumbers(number.view(), half) : SubtractNumbers(number.view(), half);
  auto bound = edge ? RoundNumber(*edge, static_cast<std::size_t>(places), high ? Rounding::kUp : Rounding::kDown)
                    : std::nullopt;
  if (!bound) return true;
  const std::size_t point = bound->find('.');
  const std::size_t have = point == std::string::npos ? 0 : bound->size() - point - 1;
  if (have < static_cast<std::size_t>(places)) {
    if (have == 0) *bound += '.';
    bound->append(static_cast<std::size_t>(places) - have, '0');
  }
  std::string_view kept;
  if (!call.run().Keep(call.offset(), *bound, kept)) return false;
  out.Add(item.kind() == ItemKind::kQuantity ? item.WithNumber(kept) : Item::Decimal(kept));
  return true;
}

bool Boundary(Invocation& call, bool high, Collection& out) {
  Item item;
  bool there = false;
  std::optional<std::int64_t> digits;
  if (!call.InputSystem(item, there)) return false;
  if (call.argument_count() == 1 && !call.IntegerArgument(0, digits)) return false;
  if (!there || (call.argument_count() == 1 && !digits)) return true;
  const Kinds kind = KindBit(item.kind());
  if ((kind & kMomentKinds) != 0) return AddMoment(call, item, high, digits, out);
  if ((kind & (kNumberKinds | KindBit(ItemKind::kQuantity))) == 0) {
    return call.Fail("a number, quantity, date or time is expected");
  }
  return AddBoundary(call, item, high, digits.value_or(kDefaultPlaces), out);
}

}  // namespace

bool LowBoundary(Invocation& call, Collection& out) { return Boundary(call, false, out); }
bool HighBoundary(Invocation& call, Collection& out) { return Boundary(call, true, out); }

bool PrecisionOf(Invocation& call, Collection& out) {
  Item item;
  bool there = false;
  if (!call.InputSystem(item, there)) return false;
  if (!there) return true;
  const Kinds kind = KindBit(item.kind());
  if ((kind & kMomentKinds) != 0) {
    out.Add(Item::Integer(std::ranges::count_if(WithoutZone(item), [](char c) { return c >= '0' && c <= '9'; })));
    return true;
  }
  if ((kind & (kNumberKinds | KindBit(ItemKind::kQuantity))) == 0) {
    return call.Fail("a number, quantity, date or time is expected");
  }
  const NumberText number(item);
  out.Add(Item::Integer(static_cast<std::int64_t>(WrittenPlaces(number.view()))));
  return true;
}

}  // namespace throughline::path
