// https://hl7.org/fhir/R4/search.html#string
#include <array>

#include "fhir/path/expression.h"
#include "fhir/search/fold.h"
#include "fhir/search/types.h"

namespace throughline::search {
namespace {

// The parts of a complex type that its texts are.
struct PartsRow {
  std::string_view type;
  std::array<std::string_view, 7> parts;
};
constexpr std::array<PartsRow, 2> kParts = {
    {{"HumanName", {"text", "family", "given", "prefix", "suffix"}},
     {"Address", {"text", "line", "city", "district", "state", "postalCode", "country"}}}};

void AddText(RowSink& sink, std::string_view text) {
  if (!text.empty()) sink.Add(String{std::string(text), Fold(text)});
}

}  // namespace

void AddStringRows(RowSink& sink, const path::Item& item) {
  if (!item.is_node() || !item.value().is_object()) {
    path::Item value;
    if (path::ToSystem(sink.definitions, item, value) && value.kind() == path::ItemKind::kString) {
      AddText(sink, value.text());
    }
    return;
  }
  const std::string_view type = TypeOf(sink.definitions, item);
  for (const PartsRow& row : kParts) {
    if (row.type != type) continue;
    for (const std::string_view part : row.parts) {
      const json::Value value = item.value().Get(part);
      AddText(sink, value.text());
      for (const json::Value& one : value.items()) AddText(sink, one.text());
    }
  }
}

bool ReadStringValue(const ValueContext&, std::string_view text, ConditionValue& out) {
  StringValue value;
  if (!Unescaped(text, value.value)) return false;
  value.folded = Fold(value.value);
  out = std::move(value);
  return true;
}

bool StringMatches(Modifier modifier, const ConditionValue& value, const IndexRow& row) {
  const auto* string = std::get_if<String>(&row.value);
  const auto* wanted = std::get_if<StringValue>(&value);
  if (string == nullptr || wanted == nullptr) return false;
  switch (modifier) {
    case Modifier::kExact:
      return string->value == wanted->value;
    case Modifier::kContains:
      return string->folded.find(wanted->folded) != std::string::npos;
    default:
      return string->folded.starts_with(wanted->folded);
  }
}

}  // namespace throughline::search
