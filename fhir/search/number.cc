// https://hl7.org/fhir/R4/search.html#number, https://hl7.org/fhir/R4/search.html#quantity
#include <optional>

#include "fhir/base/decimal.h"
#include "fhir/search/number_key.h"
#include "fhir/search/types.h"
#include "fhir/units/units.h"

namespace throughline::search {
namespace {

constexpr std::string_view kOpenEnd = "~";

Number NumberOf(const json::Value& value) {
  if (!value.is_number()) return {};
  const std::string key = NumberKey(value.text());
  return {key, key, std::string(value.text())};
}

// An end that is not there is open; none at all is no range.
Number Between(const json::Value& low, const json::Value& high) {
  if (!low.is_number() && !high.is_number()) return {};
  return {NumberKey(low.text()), high.is_number() ? NumberKey(high.text()) : std::string(kOpenEnd), {}};
}

Number RangeOf(const json::Value& range) {
  return Between(range.Get("low").Get("value"), range.Get("high").Get("value"));
}

constexpr std::string_view kUcum = "http://unitsofmeasure.org";

// The key of a number after conversion to the unit's canonical form; open ends stay open. Empty: cannot be converted.
std::string CanonicalKey(const units::Unit& unit, const std::string& key) {
  if (key == kOpenEnd) return key;
  const auto number = unit.ToCanonical(NumberOfKey(key));
  return number ? NumberKey(number->text) : std::string();
}

// The same amount in base units. Nothing when it is written in them.
std::optional<Quantity> CanonicalOf(const Number& number, std::string_view code) {
  const auto unit = units::Unit::Parse(code);
  if (!unit || unit->canonical() == code) return std::nullopt;
  Quantity quantity{{}, std::string(kUcum), unit->canonical(), {}, true};
  if (!number.value.empty()) {
    const auto value = unit->ToCanonical(number.value);
    if (!value) return std::nullopt;
    quantity.number.value = value->text;
    quantity.number.low = quantity.number.high = NumberKey(value->text);
  } else {
    if (!number.low.empty()) quantity.number.low = CanonicalKey(*unit, number.low);
    quantity.number.high = CanonicalKey(*unit, number.high);
    if (quantity.number.low > quantity.number.high) return std::nullopt;
  }
  if (quantity.number.high.empty()) return std::nullopt;
  return quantity;
}

void AddQuantity(RowSink& sink, Number number, const json::Value& unit) {
  if (number.high.empty()) return;
  Quantity written{std::move(number), std::string(unit.Get("system").text()), std::string(unit.Get("code").text()),
                   std::string(unit.Get("unit").text())};
  std::optional<Quantity> canonical;
  if (written.system == kUcum) canonical = CanonicalOf(written.number, written.code);
  sink.Add(std::move(written));
  if (canonical) sink.Add(*std::move(canonical));
}

// With a prefix that orders, the number counts as exact; the others look at the written precision.
bool ReadNumber(std::string_view text, NumberValue& out) {
  out.prefix = TakePrefix(text);
  if (!Decimal::Parse(text)) return false;
  const bool written = out.prefix == Prefix::kEq || out.prefix == Prefix::kNe;
  NumberSpan span = written ? WrittenSpan(text) : out.prefix == Prefix::kAp ? ApproximateSpan(text) : ExactSpan(text);
  out.low = std::move(span.low);
  out.high = std::move(span.high);
  out.exact = NumberKey(text);
  return true;
}

bool Meets(const NumberValue& wanted, const Number& number) {
  const bool equal = wanted.low <= number.low && number.high < wanted.high;
  switch (wanted.prefix) {
    case Prefix::kEq:
      return equal;
    case Prefix::kNe:
      return !equal;
    case Prefix::kGt:
      return number.high > wanted.exact;
    case Prefix::kLt:
      return number.low < wanted.exact;
    case Prefix::kGe:
      return equal || number.high > wanted.exact;
    case Prefix::kLe:
      return equal || number.low < wanted.exact;
    case Prefix::kSa:
      return number.low > wanted.exact;
    case Prefix::kEb:
      return number.high < wanted.exact;
    case Prefix::kAp:
      return number.low < wanted.high && number.high >= wanted.low;
  }
  return false;
}

// Amounts in other units of the same kind are found through the rows in base units.
void AddCanonical(QuantityValue& value) {
  const auto unit = units::Unit::Parse(value.code);
  if (!unit) return;
  NumberValue number{value.number.prefix, CanonicalKey(*unit, value.number.low), {}, {}};
  // What is exact ends just behind itself, and stays so.
  std::string_view high = value.number.high;
  const bool closed = high.ends_with(kJustBehind);
  if (closed) high.remove_suffix(kJustBehind.size());
  number.high = CanonicalKey(*unit, std::string(high));
  number.exact = CanonicalKey(*unit, value.number.exact);
  if (number.low.empty() || number.high.empty() || number.exact.empty() || number.low > number.high) return;
  if (closed) number.high += kJustBehind;
  value.canonical = std::move(number);
  value.canonical_code = unit->canonical();
}

}  // namespace

void AddNumberRows(RowSink& sink, const path::Item& item) {
  Number number;
  if (!item.is_node()) {
    if (item.kind() == path::ItemKind::kInteger) number.value = std::to_string(item.integer());
    if (item.kind() == path::ItemKind::kDecimal) number.value = item.text();
    number.low = number.high = NumberKey(number.value);
  } else {
    number = item.value().is_object() ? RangeOf(item.value()) : NumberOf(item.value());
  }
  if (!number.high.empty()) sink.Add(std::move(number));
}

bool ReadNumberValue(const ValueContext&, std::string_view text, ConditionValue& out) {
  NumberValue value;
  if (!ReadNumber(text, value)) return false;
  out = std::move(value);
  return true;
}

bool NumberMatches(Modifier, const ConditionValue& value, const IndexRow& row) {
  const auto* number = std::get_if<Number>(&row.value);
  const auto* wanted = std::get_if<NumberValue>(&value);
  return number != nullptr && wanted != nullptr && Meets(*wanted, *number);
}

void AddQuantityRows(RowSink& sink, const path::Item& item) {
  const std::string_view type = TypeOf(sink.definitions, item);
  const json::Value& value = item.value();
  if (type == "Range") {
    const json::Value low = value.Get("low");
    AddQuantity(sink, RangeOf(value), low.is_object() ? low : value.Get("high"));
  } else if (type == "SampledData") {
    AddQuantity(sink, Between(value.Get("lowerLimit"), value.Get("upperLimit")), value.Get("origin"));
  } else if (type == "Money") {
    Number number = NumberOf(value.Get("value"));
    if (number.high.empty()) return;
    sink.Add(Quantity{std::move(number), "urn:iso:std:iso:4217", std::string(value.Get("currency").text()), {}});
  } else if (value.is_object()) {
    AddQuantity(sink, NumberOf(value.Get("value")), value);
  }
}

bool ReadQuantityValue(const ValueContext&, std::string_view text, ConditionValue& out) {
  const std::vector<std::string_view> parts = SplitEscaped(text, '|');
  if (parts.size() > 3) return false;
  QuantityValue value;
  if (!ReadNumber(parts[0], value.number)) return false;
  if (parts.size() > 1 && !Unescaped(parts[1], value.system)) return false;
  if (parts.size() > 2 && !Unescaped(parts[2], value.code)) return false;
  if (value.system == kUcum && !value.code.empty()) AddCanonical(value);
  out = std::move(value);
  return true;
}

bool QuantityMatches(Modifier, const ConditionValue& value, const IndexRow& row) {
  const auto* quantity = std::get_if<Quantity>(&row.value);
  const auto* wanted = std::get_if<QuantityValue>(&value);
  if (quantity == nullptr || wanted == nullptr) return false;
  if (!wanted->canonical_code.empty()) {
    return quantity->system == kUcum && quantity->code == wanted->canonical_code &&
           Meets(wanted->canonical, quantity->number);
  }
  if (quantity->canonical || !Meets(wanted->number, quantity->number)) return false;
  if (!wanted->system.empty() && quantity->system != wanted->system) return false;
  if (wanted->code.empty() || quantity->code == wanted->code) return true;
  return wanted->system.empty() && quantity->unit == wanted->code;
}

}  // namespace throughline::search
