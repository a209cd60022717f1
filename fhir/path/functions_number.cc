// Numbers. https://hl7.org/fhirpath/N1/#math
#include <limits>

#include "fhir/path/functions.h"
#include "fhir/path/number.h"
#include "fhir/path/operators.h"
#include "fhir/path/quantity.h"

namespace throughline::path {
namespace {

bool IsNumeric(const Item& item) { return (KindBit(item.kind()) & (kNumberKinds | KindBit(ItemKind::kQuantity))) != 0; }

bool ReadNumber(Invocation& call, Item& out, bool& there) {
  if (!call.InputSystem(out, there)) return false;
  if (there && !IsNumeric(out)) return call.Fail("a number is expected");
  return true;
}

bool AddLike(Invocation& call, const Item& like, std::string_view number, Collection& out) {
  std::string_view kept;
  if (!call.run().Keep(call.offset(), number, kept)) return false;
  out.Add(like.kind() == ItemKind::kQuantity ? like.WithNumber(kept) : Item::Decimal(kept));
  return true;
}

bool ToWhole(Invocation& call, Rounding rounding, Collection& out) {
  Item item;
  bool there = false;
  if (!ReadNumber(call, item, there)) return false;
  if (!there) return true;
  const NumberText number(item);
  const std::optional<std::string> whole = RoundNumber(number.view(), 0, rounding);
  if (!whole) return true;
  if (item.kind() == ItemKind::kQuantity) return AddLike(call, item, *whole, out);
  const std::optional<std::int64_t> integer = ScaledInteger(*whole, 1);
  return !integer || AddInteger(*integer, item.kind() == ItemKind::kLong ? ItemKind::kLong : ItemKind::kInteger, out);
}

}  // namespace

bool Abs(Invocation& call, Collection& out) {
  Item item;
  bool there = false;
  if (!ReadNumber(call, item, there)) return false;
  if (!there) return true;
  if (item.kind() != ItemKind::kInteger && item.kind() != ItemKind::kLong) {
    std::string_view text = item.text();
    if (text.starts_with('-')) text.remove_prefix(1);
    return AddLike(call, item, text, out);
  }
  if (item.integer() == std::numeric_limits<std::int64_t>::min()) return true;
  return AddInteger(item.integer() < 0 ? -item.integer() : item.integer(), item.kind(), out);
}

bool Ceiling(Invocation& call, Collection& out) { return ToWhole(call, Rounding::kUp, out); }
bool Floor(Invocation& call, Collection& out) { return ToWhole(call, Rounding::kDown, out); }
bool Truncate(Invocation& call, Collection& out) { return ToWhole(call, Rounding::kToZero, out); }

bool Round(Invocation& call, Collection& out) {
  Item item;
  bool there = false;
  std::optional<std::int64_t> places = 0;
  if (!ReadNumber(call, item, there)) return false;
  if (call.argument_count() == 1) {
    places.reset();
    if (!call.IntegerArgument(0, places)) return false;
  }
  if (!there || !places) return true;
  if (*places < 0) return call.Fail("the number of digits is not negative");
  const NumberText number(item);
  const std::optional<std::string> rounded =
      RoundNumber(number.view(), static_cast<std::size_t>(*places), Rounding::kHalfAwayFromZero);
  return !rounded || AddLike(call, item, *rounded, out);
}

}  // namespace throughline::path
