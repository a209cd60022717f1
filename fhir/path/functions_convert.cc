// Conversion and iif(). https://hl7.org/fhirpath/N1/#conversion
#include <algorithm>
#include <array>
#include <charconv>

#include "fhir/base/decimal.h"
#include "fhir/path/functions.h"
#include "fhir/path/letters.h"
#include "fhir/path/moment.h"
#include "fhir/path/number.h"
#include "fhir/path/operators.h"
#include "fhir/path/quantity.h"

namespace throughline::path {
namespace {

// The item in another type; nothing when it does not convert. `kept` receives text that was made.
using Conversion = std::optional<Item> (*)(const Item& item);

constexpr std::array<std::string_view, 6> kTrueWords = {"true", "t", "yes", "y", "1", "1.0"};
constexpr std::array<std::string_view, 6> kFalseWords = {"false", "f", "no", "n", "0", "0.0"};

bool IsOne(std::span<const std::string_view> words, std::string_view text) {
  return std::ranges::find(words, text) != words.end();
}

std::optional<Item> AsBoolean(const Item& item) {
  switch (item.kind()) {
    case ItemKind::kBoolean:
      return item;
    case ItemKind::kInteger:
    case ItemKind::kLong:
      if (item.integer() == 0 || item.integer() == 1) return Item::Boolean(item.integer() == 1);
      return std::nullopt;
    case ItemKind::kDecimal:
      if (CompareNumbers(item.text(), "1") == 0) return Item::Boolean(true);
      if (CompareNumbers(item.text(), "0") == 0) return Item::Boolean(false);
      return std::nullopt;
    case ItemKind::kString: {
      const std::string word = LowerText(item.text());
      if (IsOne(kTrueWords, word)) return Item::Boolean(true);
      if (IsOne(kFalseWords, word)) return Item::Boolean(false);
      return std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

// "12", "-3", "+4": FHIRPath takes a plus sign, JSON does not.
std::string_view WithoutPlus(std::string_view text) {
  return text.starts_with('+') && text.size() > 1 && text[1] != '-' ? text.substr(1) : text;
}

std::optional<std::int64_t> WholeOf(const Item& item) {
  if (item.kind() == ItemKind::kInteger || item.kind() == ItemKind::kLong) return item.integer();
  if (item.kind() == ItemKind::kBoolean) return item.boolean() ? 1 : 0;
  if (item.kind() != ItemKind::kString) return std::nullopt;
  const std::string_view text = WithoutPlus(item.text());
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Item> AsInteger(const Item& item) {
  const std::optional<std::int64_t> whole = WholeOf(item);
  return whole && FitsKind(*whole, ItemKind::kInteger) ? std::optional(Item::Integer(*whole)) : std::nullopt;
}

std::optional<Item> AsLong(const Item& item) {
  const std::optional<std::int64_t> whole = WholeOf(item);
  return whole ? std::optional(Item::Long(*whole)) : std::nullopt;
}

// A decimal of the text form: no exponent; leading zeros are cut off.
std::optional<std::string_view> PlainNumber(std::string_view text) {
  text = WithoutPlus(text);
  if (text.find_first_of("eE") != std::string_view::npos) return std::nullopt;
  while (text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9') text.remove_prefix(1);
  if (!Decimal::Parse(text)) return std::nullopt;
  return text;
}

std::optional<Item> AsDecimal(const Item& item) {
  switch (item.kind()) {
    case ItemKind::kDecimal:
      return item;
    case ItemKind::kBoolean:
      return Item::Decimal(item.boolean() ? "1.0" : "0.0");
    case ItemKind::kString: {
      const std::optional<std::string_view> number = PlainNumber(item.text());
      return number ? std::optional(Item::Decimal(*number)) : std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

std::optional<Item> AsDate(const Item& item) {
  if (item.kind() == ItemKind::kDate) return item;
  if (item.kind() != ItemKind::kString && item.kind() != ItemKind::kDateTime) return std::nullopt;
  const std::string_view day = item.text().substr(0, std::min(item.text().find('T'), item.text().size()));
  if (!IsMoment(ItemKind::kDateTime, item.text()) || !IsMoment(ItemKind::kDate, day)) return std::nullopt;
  return Item::Date(day);
}

std::optional<Item> AsDateTime(const Item& item) {
  if (item.kind() == ItemKind::kDateTime) return item;
  if (item.kind() != ItemKind::kString && item.kind() != ItemKind::kDate) return std::nullopt;
  if (!IsMoment(ItemKind::kDateTime, item.text())) return std::nullopt;
  return Item::DateTime(item.text());
}

std::optional<Item> AsTime(const Item& item) {
  if (item.kind() == ItemKind::kTime) return item;
  if (item.kind() != ItemKind::kString) return std::nullopt;
  const std::string_view time = item.text().starts_with('T') ? item.text().substr(1) : item.text();
  return IsMoment(ItemKind::kTime, time) ? std::optional(Item::Time(time)) : std::nullopt;
}

// "5.4 'mg'", "4 days", "7". https://hl7.org/fhirpath/N1/#toquantityunit-string-quantity
std::optional<Item> TextAsQuantity(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("+-.0123456789"), text.size());
  const std::optional<std::string_view> number = PlainNumber(text.substr(0, end));
  if (!number) return std::nullopt;
  std::string_view unit = text.substr(end);
  if (unit.empty()) return Item::Quantity(*number, "1");
  const std::size_t blanks = unit.find_first_not_of(" \t\r\n");
  if (blanks == std::string_view::npos) return std::nullopt;
  unit.remove_prefix(blanks);
  if (unit.size() > 2 && unit.front() == '\'' && unit.back() == '\'') {
    return Item::Quantity(*number, unit.substr(1, unit.size() - 2));
  }
  if (blanks == 0 || !IsCalendarUnit(unit)) return std::nullopt;
  return Item::Quantity(*number, unit, true);
}

std::optional<Item> AsQuantity(const Item& item) {
  switch (item.kind()) {
    case ItemKind::kQuantity:
      return item;
    case ItemKind::kDecimal:
      return Item::Quantity(item.text(), "1");
    case ItemKind::kBoolean:
      return Item::Quantity(item.boolean() ? "1.0" : "0.0", "1");
    case ItemKind::kString:
      return TextAsQuantity(item.text());
    default:
      return std::nullopt;
  }
}

bool HasText(const Item& item) { return item.kind() != ItemKind::kNode && item.kind() != ItemKind::kType; }

bool Convert(Invocation& call, Conversion conversion, Collection& out) {
  Item item;
  bool there = false;
  if (!call.InputSystem(item, there)) return false;
  const std::optional<Item> result = there ? conversion(item) : std::nullopt;
  if (result) out.Add(*result);
  return true;
}

bool Converts(Invocation& call, Conversion conversion, Collection& out) {
  if (call.input().empty()) return true;
  Collection result(call.run().pool());
  if (!Convert(call, conversion, result)) return false;
  out.Add(Item::Boolean(!result.empty()));
  return true;
}

// Integers are numbers too, but their text has to be made.
bool IntegerTo(Invocation& call, const Item& item, Item (*make)(std::string_view text), Collection& out) {
  const NumberText number(item);
  std::string_view kept;
  if (!call.run().Keep(call.offset(), number.view(), kept)) return false;
  out.Add(make(kept));
  return true;
}

bool ConvertNumber(Invocation& call, Conversion conversion, Item (*make)(std::string_view text), Collection& out) {
  Item item;
  bool there = false;
  if (!call.InputSystem(item, there)) return false;
  if (there && (item.kind() == ItemKind::kInteger || item.kind() == ItemKind::kLong)) {
    return IntegerTo(call, item, make, out);
  }
  return Convert(call, conversion, out);
}

bool IsTrueWhen(bool there, const Collection& result, Collection& out) {
  if (there) out.Add(Item::Boolean(!result.empty()));
  return true;
}

}  // namespace

bool ToBoolean(Invocation& call, Collection& out) { return Convert(call, AsBoolean, out); }
bool ToInteger(Invocation& call, Collection& out) { return Convert(call, AsInteger, out); }
bool ToLong(Invocation& call, Collection& out) { return Convert(call, AsLong, out); }
bool ToDate(Invocation& call, Collection& out) { return Convert(call, AsDate, out); }
bool ToDateTime(Invocation& call, Collection& out) { return Convert(call, AsDateTime, out); }
bool ToTime(Invocation& call, Collection& out) { return Convert(call, AsTime, out); }
bool ToDecimal(Invocation& call, Collection& out) { return ConvertNumber(call, AsDecimal, Item::Decimal, out); }

bool ToQuantity(Invocation& call, Collection& out) {
  std::optional<std::string_view> unit;
  if (call.argument_count() == 1 && !call.TextArgument(0, unit)) return false;
  Collection result(call.run().pool());
  const auto of_one = [](std::string_view number) { return Item::Quantity(number, "1"); };
  if (!ConvertNumber(call, AsQuantity, of_one, result)) return false;
  if (call.argument_count() == 0 || result.empty()) {
    out.Append(result);
    return true;
  }
  if (!unit) return true;
  const Item like = UnitItem(*unit);
  const std::optional<std::string> number = InUnit(result[0], like);
  if (!number) return true;
  std::string_view kept;
  if (!call.run().Keep(call.offset(), *number, kept)) return false;
  out.Add(Item::Quantity(kept, like.unit(), like.calendar()));
  return true;
}

bool ToText(Invocation& call, Collection& out) {
  Item item;
  bool there = false;
  if (!call.InputSystem(item, there)) return false;
  if (!there || !HasText(item)) return true;
  if (item.kind() == ItemKind::kBoolean) return call.AddText(item.boolean() ? "true" : "false", out);
  if (item.kind() == ItemKind::kInteger || item.kind() == ItemKind::kLong) {
    return IntegerTo(call, item, Item::String, out);
  }
  if (item.kind() != ItemKind::kQuantity) return call.AddText(item.text(), out);
  std::string text(item.text());
  text += item.calendar() ? " " : " '";
  text += item.unit();
  if (!item.calendar()) text += '\'';
  return call.AddText(text, out);
}

bool ConvertsToBoolean(Invocation& call, Collection& out) { return Converts(call, AsBoolean, out); }
bool ConvertsToInteger(Invocation& call, Collection& out) { return Converts(call, AsInteger, out); }
bool ConvertsToLong(Invocation& call, Collection& out) { return Converts(call, AsLong, out); }
bool ConvertsToDate(Invocation& call, Collection& out) { return Converts(call, AsDate, out); }
bool ConvertsToDateTime(Invocation& call, Collection& out) { return Converts(call, AsDateTime, out); }
bool ConvertsToTime(Invocation& call, Collection& out) { return Converts(call, AsTime, out); }

bool ConvertsToDecimal(Invocation& call, Collection& out) {
  Collection result(call.run().pool());
  return ToDecimal(call, result) && IsTrueWhen(!call.input().empty(), result, out);
}

bool ConvertsToQuantity(Invocation& call, Collection& out) {
  Collection result(call.run().pool());
  return ToQuantity(call, result) && IsTrueWhen(!call.input().empty(), result, out);
}

bool ConvertsToString(Invocation& call, Collection& out) {
  Collection result(call.run().pool());
  return ToText(call, result) && IsTrueWhen(!call.input().empty(), result, out);
}

bool Iif(Invocation& call, Collection& out) {
  if (call.input().size() > 1) return call.Fail("iif() is asked of one item, there are several");
  const auto run = [&](std::size_t index, Collection& result) {
    return call.input().empty() ? call.Argument(index, result) : call.ArgumentFor(index, call.input()[0], 0, result);
  };
  Collection condition(call.run().pool());
  if (!run(0, condition)) return false;
  if (condition.size() > 1) return call.Fail("the condition is not one boolean");
  Item item;
  const bool there = !condition.empty() && call.run().System(condition[0], item);
  if (there && item.kind() != ItemKind::kBoolean) return call.Fail("the condition is not one boolean");
  if (there && item.boolean()) return run(1, out);
  return call.argument_count() < 3 || run(2, out);
}

}  // namespace throughline::path
