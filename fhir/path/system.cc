// FHIR values -> System values; types and their names. https://hl7.org/fhir/R4/fhirpath.html#types
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "fhir/base/decimal.h"
#include "fhir/path/evaluate.h"
#include "fhir/path/expression.h"
#include "fhir/path/moment.h"
#include "fhir/path/navigate.h"
#include "fhir/path/parser.h"

namespace throughline::path {
namespace {

using definitions::Definitions;
using definitions::kNoType;

constexpr std::string_view kUcum = "http://unitsofmeasure.org";

constexpr std::array<std::string_view, 8> kTimeUnits = {"a", "mo", "wk", "d", "h", "min", "s", "ms"};

struct SystemTypeRow {
  std::string_view name;
  ItemKind kind;
};
constexpr std::array<SystemTypeRow, 9> kSystemTypes = {{{"Boolean", ItemKind::kBoolean},
                                                        {"Integer", ItemKind::kInteger},
                                                        {"Decimal", ItemKind::kDecimal},
                                                        {"String", ItemKind::kString},
                                                        {"Date", ItemKind::kDate},
                                                        {"DateTime", ItemKind::kDateTime},
                                                        {"Time", ItemKind::kTime},
                                                        {"Quantity", ItemKind::kQuantity},
                                                        {"Long", ItemKind::kLong}}};

// FHIR primitives that are no strings.
struct PrimitiveRow {
  std::string_view name;
  Kinds kinds;
};
constexpr std::array<PrimitiveRow, 9> kPrimitives = {{{"boolean", KindBit(ItemKind::kBoolean)},
                                                      {"integer", kNumberKinds},
                                                      {"unsignedInt", kNumberKinds},
                                                      {"positiveInt", kNumberKinds},
                                                      {"decimal", KindBit(ItemKind::kDecimal)},
                                                      {"date", KindBit(ItemKind::kDate)},
                                                      {"dateTime", KindBit(ItemKind::kDateTime)},
                                                      {"instant", KindBit(ItemKind::kDateTime)},
                                                      {"time", KindBit(ItemKind::kTime)}}};

bool NumberToSystem(std::string_view literal, bool decimal, Item& out) {
  if (!decimal && literal.find_first_of(".eE") == std::string_view::npos) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(literal.data(), literal.data() + literal.size(), value);
    if (error == std::errc{} && end == literal.data() + literal.size()) {
      const bool fits =
          value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max();
      out = fits ? Item::Integer(value) : Item::Long(value);
      return true;
    }
  }
  if (!Decimal::Parse(literal)) return false;
  out = Item::Decimal(literal);
  return true;
}

// A quantity of UCUM, or one whose unit is all there is; one with a comparator is no number.
bool QuantityToSystem(const Item& item, Item& out) {
  const json::Value& object = item.value();
  const json::Value number = object.Get("value");
  if (!number.is_number() || !Decimal::Parse(number.text()) || object.Find("comparator") != nullptr) return false;
  const std::string_view code = object.Get("code").text();
  const std::string_view unit = object.Get("unit").text();
  if (code.empty()) {
    out = Item::Quantity(number.text(), unit.empty() ? "1" : unit);
    return true;
  }
  if (object.Get("system").text() != kUcum) return false;
  const bool of_time = std::ranges::find(kTimeUnits, code) != kTimeUnits.end();
  out = of_time ? Item::FhirDuration(number.text(), code) : Item::Quantity(number.text(), code);
  return true;
}

// Of a primitive whose kind is known: the text is the value.
bool TextToSystem(ItemKind kind, std::string_view text, Item& out) {
  switch (kind) {
    case ItemKind::kString:
      out = Item::String(text);
      return true;
    case ItemKind::kDate:
      out = Item::Date(text);
      return true;
    case ItemKind::kDateTime:
      out = Item::DateTime(text);
      return true;
    case ItemKind::kTime:
      out = Item::Time(text);
      return true;
    default:
      return false;
  }
}

bool PrimitiveToSystem(const Definitions& definitions, const Item& item, Item& out) {
  const json::Value& value = item.value();
  if (value.is_boolean()) {
    out = Item::Boolean(value.boolean());
    return true;
  }
  const bool known = item.system() != ItemKind::kNode;
  if (value.is_string() && known && TextToSystem(item.system(), value.text(), out)) return true;
  const std::string_view type = item.type() == kNoType ? "" : definitions.type(item.type()).name;
  if (value.is_number()) return NumberToSystem(value.text(), type == "decimal", out);
  if (type == "date") return TextToSystem(ItemKind::kDate, value.text(), out);
  if (type == "dateTime" || type == "instant") return TextToSystem(ItemKind::kDateTime, value.text(), out);
  return TextToSystem(type == "time" ? ItemKind::kTime : ItemKind::kString, value.text(), out);
}

}  // namespace

Kinds SystemKindOf(std::string_view primitive) {
  const auto row = std::ranges::find(kPrimitives, primitive, &PrimitiveRow::name);
  return row == kPrimitives.end() ? KindBit(ItemKind::kString) : row->kinds;
}

bool ToSystem(const Definitions& definitions, const Item& item, Item& out) {
  if (!item.is_node()) {
    out = item;
    return true;
  }
  const json::Value& value = item.value();
  if (value.is_null() || value.is_array()) return false;
  if (!value.is_object()) return PrimitiveToSystem(definitions, item, out);
  if (item.type() != kNoType && definitions.Derives(item.type(), definitions.FindType("Quantity"))) {
    if (QuantityToSystem(item, out)) return true;
  }
  out = item;
  return true;
}

std::string_view TypeName(const Definitions& definitions, const Item& item) {
  constexpr std::array<std::string_view, 11> kNames = {"",         "boolean", "integer",  "decimal",  "string", "date",
                                                       "dateTime", "time",    "Quantity", "TypeInfo", "long"};
  if (!item.is_node()) return kNames[static_cast<std::size_t>(item.kind())];
  return item.type() == kNoType ? "object" : definitions.type(item.type()).name;
}

bool FindTypeName(const Program& program, std::string_view space, std::string_view name, TypeSpecifier& out) {
  if (space != "System" && program.model == Model::kR4) out.fhir = program.definitions->FindType(name);
  if (space.empty() || space == "System") {
    const auto row = std::ranges::find(kSystemTypes, name, &SystemTypeRow::name);
    if (row != kSystemTypes.end()) out.system = row->kind;
    out.any = name == "Any";
  }
  if (space == "System") return true;  // one that is not known has no values
  const bool known_space = space.empty() || space == "FHIR";
  return known_space && (out.fhir != kNoType || out.system != ItemKind::kNode || out.any);
}

bool IsOfType(const Definitions& definitions, const Item& item, const TypeSpecifier& type) {
  if (type.any) return true;
  if (!item.is_node()) return item.kind() == type.system;
  return item.type() != kNoType && type.fhir != kNoType && definitions.Derives(item.type(), type.fhir);
}

Item ResourceItem(const Definitions& definitions, const json::Value& resource) {
  const TypeId type = definitions.FindType(resource.Get("resourceType").text());
  const bool known = type != kNoType && definitions.IsResource(type);
  return Item::Node(known ? type : kNoType, resource);
}

}  // namespace throughline::path
