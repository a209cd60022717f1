// exp(), ln(), log(), power(), sqrt(). https://hl7.org/fhirpath/N1/#math
#include "fhir/path/functions.h"
#include "fhir/path/number.h"
#include "fhir/path/operators.h"
#include "fhir/path/quantity.h"
#include "fhir/path/real.h"

namespace throughline::path {
namespace {

bool IsPlainNumber(const Item& item) { return (KindBit(item.kind()) & kNumberKinds) != 0; }

bool AddDecimal(Invocation& call, const std::optional<std::string>& number, Collection& out) {
  std::string_view kept;
  if (!number) return true;
  if (!call.run().Keep(call.offset(), *number, kept)) return false;
  out.Add(Item::Decimal(kept));
  return true;
}

bool ReadNumbers(Invocation& call, Item& out, bool& there) {
  if (!call.InputSystem(out, there)) return false;
  if (there && !IsPlainNumber(out)) return call.Fail("a number is expected");
  return call.run().Charge(64);
}

bool ReadArgument(Invocation& call, Item& out, bool& there) {
  if (!call.SystemArgument(0, out, there)) return false;
  return !there || IsPlainNumber(out) || call.Fail("the argument is not a number");
}

bool IsPositive(const Item& item) {
  const NumberText number(item);
  return CompareNumbers(number.view(), "0") > 0;
}

bool Apply(Invocation& call, std::optional<std::string> (*function)(std::string_view), Collection& out) {
  Item item;
  bool there = false;
  if (!ReadNumbers(call, item, there)) return false;
  if (!there) return true;
  const NumberText number(item);
  return AddDecimal(call, function(number.view()), out);
}

}  // namespace

bool Exp(Invocation& call, Collection& out) { return Apply(call, Exponential, out); }
bool Ln(Invocation& call, Collection& out) { return Apply(call, NaturalLogarithm, out); }
bool Sqrt(Invocation& call, Collection& out) { return Apply(call, SquareRoot, out); }

bool Log(Invocation& call, Collection& out) {
  Item item;
  Item base;
  bool there = false;
  bool with_base = false;
  if (!ReadNumbers(call, item, there) || !ReadArgument(call, base, with_base)) return false;
  if (!there || !with_base) return true;
  if (!IsPositive(item) || !IsPositive(base)) return call.Fail("a logarithm is taken of numbers above zero");
  const NumberText number(item);
  const NumberText base_number(base);
  return AddDecimal(call, Logarithm(number.view(), base_number.view()), out);
}

bool Power(Invocation& call, Collection& out) {
  Item item;
  Item exponent;
  bool there = false;
  bool with_exponent = false;
  if (!ReadNumbers(call, item, there) || !ReadArgument(call, exponent, with_exponent)) return false;
  if (!there || !with_exponent) return true;
  const NumberText number(item);
  const NumberText exponent_number(exponent);
  const std::optional<std::string> result = PowerOf(number.view(), exponent_number.view());
  const bool whole = item.kind() == ItemKind::kInteger && exponent.kind() == ItemKind::kInteger;
  const std::optional<std::int64_t> integer =
      whole && result && result->find('.') == std::string::npos ? ScaledInteger(*result, 1) : std::nullopt;
  if (!integer || !FitsKind(*integer, ItemKind::kInteger)) return AddDecimal(call, result, out);
  return AddInteger(*integer, ItemKind::kInteger, out);
}

}  // namespace throughline::path
