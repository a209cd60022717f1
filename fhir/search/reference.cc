// https://hl7.org/fhir/R4/search.html#reference
#include <algorithm>

#include "fhir/path/reference_text.h"
#include "fhir/search/fold.h"
#include "fhir/search/types.h"

namespace throughline::search {
namespace {

// "https://this-server/fhir/Patient/1" as "Patient/1".
std::string_view WithoutBase(std::string_view text, std::string_view base) {
  if (base.ends_with('/')) base.remove_suffix(1);
  const bool below = !base.empty() && text.size() > base.size() && text.starts_with(base) && text[base.size()] == '/';
  return below ? text.substr(base.size() + 1) : text;
}

Reference Canonical(std::string_view text) {
  const std::size_t bar = text.find('|');
  Reference reference;
  reference.url = text.substr(0, bar);
  if (bar != std::string_view::npos) reference.version = text.substr(bar + 1);
  return reference;
}

// The literal reference that the text is; one with neither id nor url for what says nothing.
Reference Read(const definitions::Definitions& definitions, std::string_view base, std::string_view text) {
  text = WithoutBase(text, base);
  const path::ReferenceText parts = path::ParseReference(definitions, text);
  if (parts.is_fragment || text.empty()) return {};
  Reference reference;
  if (parts.is_absolute) {
    reference = Canonical(text);
    reference.type = parts.type;
    if (!parts.version.empty()) {
      reference.url = text.substr(0, static_cast<std::size_t>(parts.id.data() - text.data()) + parts.id.size());
      reference.version = parts.version;
    }
  } else if (!parts.type.empty()) {
    reference.type = parts.type;
    reference.id = parts.id;
    reference.version = parts.version;
  } else if (path::IsId(text)) {
    reference.id = text;
  } else {
    reference = Canonical(text);
  }
  return reference;
}

void AddLiteral(RowSink& sink, std::string_view text) {
  Reference reference = Read(sink.definitions, sink.base_url, text);
  if (reference.id.empty() && reference.url.empty()) return;
  if (reference.url.empty() && reference.type.empty()) reference.type = sink.only_target;
  sink.Add(std::move(reference));
}

void AddIdentifierRow(RowSink& sink, const json::Value& identifier) {
  const std::string_view system = identifier.Get("system").text();
  const std::string_view value = identifier.Get("value").text();
  if (system.empty() && value.empty()) return;
  sink.AddFor("identifier", Token{std::string(system), std::string(value), FoldCode(value), false});
}

}  // namespace

void AddReferenceRows(RowSink& sink, const path::Item& item) {
  const json::Value& value = item.value();
  if (!value.is_object()) {
    if (value.is_string()) AddLiteral(sink, value.text());
    return;
  }
  if (item.is_node() && item.type() != definitions::kNoType && sink.definitions.IsResource(item.type())) {
    const std::string_view id = value.Get("id").text();
    const bool wanted = sink.targets.empty() || std::ranges::find(sink.targets, item.type()) != sink.targets.end();
    if (!id.empty() && wanted)
      sink.Add(Reference{std::string(TypeOf(sink.definitions, item)), std::string(id), {}, {}});
    return;
  }
  AddLiteral(sink, value.Get("reference").text());
  AddIdentifierRow(sink, value.Get("identifier"));
}

bool ReadReferenceValue(const ValueContext& context, std::string_view text, ConditionValue& out) {
  if (context.modifier == Modifier::kIdentifier) return ReadTokenValue(context, text, out);
  std::string plain;
  if (!Unescaped(text, plain)) return false;
  ReferenceValue value{Read(context.definitions, context.options.base_url, plain)};
  if (value.to.id.empty() && value.to.url.empty()) return false;
  // An absolute URL is compared as such: what its type is does not matter.
  if (!value.to.url.empty()) value.to.type.clear();
  if (context.modifier == Modifier::kType && value.to.url.empty()) {
    if (!value.to.type.empty() && value.to.type != context.modifier_type) return false;
    value.to.type = context.modifier_type;
  }
  out = std::move(value);
  return true;
}

bool ReferenceMatches(Modifier modifier, const ConditionValue& value, const IndexRow& row) {
  if (modifier == Modifier::kIdentifier) return TokenMatches(Modifier::kNone, value, row);
  const auto* reference = std::get_if<Reference>(&row.value);
  const auto* wanted = std::get_if<ReferenceValue>(&value);
  if (reference == nullptr || wanted == nullptr) return false;
  const Reference& to = wanted->to;
  return reference->url == to.url && (to.id.empty() || reference->id == to.id) &&
         (to.type.empty() || reference->type == to.type) && (to.version.empty() || reference->version == to.version);
}

}  // namespace throughline::search
