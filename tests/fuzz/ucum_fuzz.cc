// Two units and a number out of one input ("mg 1.5 g"): what a unit means is what its canonical text means, order turns
// round with its sides, and what converts exactly converts back.
#include <compare>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fhir/base/decimal.h"
#include "fhir/units/units.h"

using namespace throughline;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string_view Word(std::string_view& rest) {
  const std::size_t end = rest.find(' ');
  const std::string_view word = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return word;
}

void CheckAlone(std::string_view code, std::string_view value) {
  const std::optional<units::Unit> unit = units::Unit::Parse(code);
  Require(unit.has_value() == units::IsUnit(code));
  if (!unit) return;
  const std::optional<units::Unit> canonical = units::Unit::Parse(unit->canonical());
  Require(canonical && canonical->canonical() == unit->canonical());
  const std::optional<units::Number> number = unit->ToCanonical(value);
  if (!number) return;
  Require(Decimal::Parse(number->text).has_value());
  const std::optional<units::Number> back = units::Unit::Convert(number->text, *canonical, *unit);
  if (number->exact && back && back->exact) Require(*Decimal::Parse(back->text) == *Decimal::Parse(value));
}

void CheckPair(std::string_view left, std::string_view right, std::string_view value) {
  const auto order = units::Compare(value, left, "1", right);
  const auto turned = units::Compare("1", right, value, left);
  Require(order.has_value() == turned.has_value());
  if (order) Require(*turned == (0 <=> *order));
  if (order) Require(units::Comparable(left, right));
  Require(units::Comparable(left, right) == units::Comparable(right, left));
  const auto product = units::ProductUnit(left, right);
  if (product && product->size() <= 256) Require(units::IsUnit(*product));
  const auto quotient = units::QuotientUnit(left, right);
  if (quotient && quotient->size() <= 256) Require(units::IsUnit(*quotient));
  (void)units::Convert(value, left, right);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest{reinterpret_cast<const char*>(data), size};
  const std::string_view left = Word(rest);
  const std::string_view value = Word(rest);
  CheckAlone(left, value);
  CheckAlone(rest, value);
  CheckPair(left, rest, value);
  return 0;
}
