// https://hl7.org/fhir/R4/search.html#uri
#include "fhir/path/expression.h"
#include "fhir/search/types.h"

namespace throughline::search {

void AddUriRows(RowSink& sink, const path::Item& item) {
  path::Item value;
  const bool text = path::ToSystem(sink.definitions, item, value) && value.kind() == path::ItemKind::kString;
  if (text && !value.text().empty()) sink.Add(Uri{std::string(value.text())});
}

bool ReadUriValue(const ValueContext&, std::string_view text, ConditionValue& out) {
  UriValue value;
  if (!Unescaped(text, value.value)) return false;
  out = std::move(value);
  return true;
}

bool UriMatches(Modifier modifier, const ConditionValue& value, const IndexRow& row) {
  const auto* uri = std::get_if<Uri>(&row.value);
  const auto* wanted = std::get_if<UriValue>(&value);
  if (uri == nullptr || wanted == nullptr) return false;
  // URNs have no levels: https://hl7.org/fhir/R4/search.html#uri
  if (modifier != Modifier::kNone && uri->value.starts_with("urn:")) return false;
  switch (modifier) {
    case Modifier::kBelow:
      return uri->value.starts_with(wanted->value);
    case Modifier::kAbove:
      return wanted->value.starts_with(uri->value);
    default:
      return uri->value == wanted->value;
  }
}

}  // namespace throughline::search
