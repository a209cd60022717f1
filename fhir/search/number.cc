// https://hl7.org/fhir/R4/search.html#number, https://hl7.org/fhir/R4/search.html#quantity
#include "fhir/base/decimal.h"
#include "fhir/search/number_key.h"
#include "fhir/search/types.h"

namespace throughline::search {
namespace {

Number NumberOf(const json::Value& value) {
  if (!value.is_number()) return {};
  const std::string key = NumberKey(value.text());
  return {key, key, std::string(value.text())};
}

// An end that is not there is open.
Number RangeOf(const json::Value& range) {
  const json::Value low = range.Get("low").Get("value");
  const json::Value high = range.Get("high").Get("value");
  if (!low.is_number() && !high.is_number()) return {};
  return {NumberKey(low.text()), high.is_number() ? NumberKey(high.text()) : "~", {}};
}

void AddQuantity(RowSink& sink, Number number, const json::Value& unit) {
  if (number.high.empty()) return;
  sink.Add(Quantity{std::move(number), std::string(unit.Get("system").text()), std::string(unit.Get("code").text()),
                    std::string(unit.Get("unit").text())});
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
    Number number;
    number.low = NumberKey(value.Get("lowerLimit").text());
    number.high = value.Get("upperLimit").is_number() ? NumberKey(value.Get("upperLimit").text()) : std::string();
    AddQuantity(sink, std::move(number), value.Get("origin"));
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
  out = std::move(value);
  return true;
}

bool QuantityMatches(Modifier, const ConditionValue& value, const IndexRow& row) {
  const auto* quantity = std::get_if<Quantity>(&row.value);
  const auto* wanted = std::get_if<QuantityValue>(&value);
  if (quantity == nullptr || wanted == nullptr || !Meets(wanted->number, quantity->number)) return false;
  if (!wanted->system.empty() && quantity->system != wanted->system) return false;
  if (wanted->code.empty() || quantity->code == wanted->code) return true;
  return wanted->system.empty() && quantity->unit == wanted->code;
}

}  // namespace throughline::search
