#include "fhir/answers/written.h"

#include <charconv>

#include "fhir/json/write.h"

namespace throughline::answers {
namespace {

using path::Item;
using path::ItemKind;

void WritePair(std::string_view first_name, std::string_view first, std::string_view second_name,
               std::string_view second, std::string& out) {
  out += "{\"" + std::string(first_name) + "\":";
  json::WriteString(first, out);
  out += ",\"" + std::string(second_name) + "\":";
  json::WriteString(second, out);
  out += '}';
}

void WriteNode(const json::Value& value, std::string& out) {
  if (value.is_number()) {
    json::WriteString(value.text(), out);
  } else {
    json::Write(value, out);
  }
}

void WriteValue(const Item& item, std::string& out) {
  switch (item.kind()) {
    case ItemKind::kNode:
      return WriteNode(item.value(), out);
    case ItemKind::kBoolean:
      out += item.boolean() ? "true" : "false";
      return;
    case ItemKind::kInteger:
    case ItemKind::kLong:
      out += '"' + std::to_string(item.integer()) + '"';
      return;
    case ItemKind::kQuantity:
      return WritePair("value", item.text(), "unit", item.unit(), out);
    case ItemKind::kType:
      return WritePair("namespace", item.unit(), "name", item.text(), out);
    default:
      return json::WriteString(item.text(), out);
  }
}

// Without a model a plain JSON value is of the System type that it looks like.
std::string_view PlainTypeName(const json::Value& value) {
  if (value.is_boolean()) return "boolean";
  if (value.is_string()) return "string";
  if (value.is_number()) return value.text().find_first_of(".eE") == std::string_view::npos ? "integer" : "decimal";
  return "object";
}

}  // namespace

void WriteItems(const definitions::Definitions& definitions, const path::Collection& items, std::string& out) {
  out += '[';
  bool first = true;
  for (const Item& item : items) {
    if (item.is_node() && item.value().is_null()) continue;
    if (!first) out += ',';
    first = false;
    out += "{\"type\":";
    const bool plain = item.is_node() && item.type() == definitions::kNoType;
    json::WriteString(plain ? PlainTypeName(item.value()) : path::TypeName(definitions, item), out);
    out += ",\"value\":";
    WriteValue(item, out);
    out += '}';
  }
  out += ']';
}

Item ItemOf(const definitions::Definitions& definitions, path::Model model, const json::Value& value) {
  if (value.is_boolean()) return Item::Boolean(value.boolean());
  if (value.is_string()) return Item::String(value.text());
  if (value.is_number()) {
    std::int64_t whole = 0;
    const std::string_view text = value.text();
    const auto read = std::from_chars(text.data(), text.data() + text.size(), whole);
    const bool integer = read.ec == std::errc() && read.ptr == text.data() + text.size();
    return integer ? Item::Integer(whole) : Item::Decimal(text);
  }
  return model == path::Model::kNone ? Item::Node(definitions::kNoType, value) : path::ResourceItem(definitions, value);
}

}  // namespace throughline::answers
