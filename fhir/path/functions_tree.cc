// Trees, types, and what FHIR adds. https://hl7.org/fhir/R4/fhirpath.html#functions
#include "fhir/path/functions.h"
#include "fhir/path/navigate.h"
#include "fhir/path/operators.h"
#include "fhir/path/reference_text.h"

namespace throughline::path {
namespace {

using definitions::kNoType;

bool IsPrimitiveValue(const Item& item) {
  return !item.is_node() || item.value().is_string() || item.value().is_number() || item.value().is_boolean();
}

bool AddExtensions(Invocation& call, std::string_view url, Collection& out) {
  for (const Item& item : call.input()) {
    Collection extensions;
    AddChildren(call.run().definitions(), item, "extension", extensions);
    for (const Item& extension : extensions) {
      if (extension.value().Get("url").text() == url) out.Add(extension);
    }
    if (!call.run().Charge(1 + extensions.size())) return false;
  }
  return true;
}

// The text of a Reference, canonical or uri; empty when it has none.
std::string_view ReferenceOf(const Item& item) {
  if (!item.is_node()) return item.kind() == ItemKind::kString ? item.text() : std::string_view{};
  return item.value().is_object() ? item.value().Get("reference").text() : item.value().text();
}

bool AddContained(Invocation& call, std::string_view fragment, Collection& out) {
  const json::Value container = call.run().root_resource().value();
  if (fragment.empty()) {
    out.Add(ResourceItem(call.run().definitions(), container));
    return true;
  }
  for (const json::Value& contained : container.Get("contained").items()) {
    if (contained.Get("id").text() != fragment) continue;
    out.Add(ResourceItem(call.run().definitions(), contained));
    return true;
  }
  return true;
}

// A resource of which the type alone is known.
void AddTypeOnly(Invocation& call, const Item& reference, const ReferenceText& text, Collection& out) {
  std::string_view name = text.type;
  if (name.empty() && reference.is_node()) name = reference.value().Get("type").text();
  const TypeId type = call.run().definitions().FindType(name);
  if (type != kNoType && call.run().definitions().IsResource(type)) out.Add(Item::Node(type, json::Value::Object({})));
}

}  // namespace

bool Children(Invocation& call, Collection& out) {
  for (const Item& item : call.input()) AddAllChildren(call.run().definitions(), item, out);
  return true;
}

bool Descendants(Invocation& call, Collection& out) {
  const std::size_t first = out.size();
  for (const Item& item : call.input()) AddAllChildren(call.run().definitions(), item, out);
  for (std::size_t next = first; next < out.size(); ++next) {
    const Item item = out[next];
    AddAllChildren(call.run().definitions(), item, out);
    if (!call.run().Charge(1)) return false;
  }
  return true;
}

bool Extension(Invocation& call, Collection& out) {
  std::optional<std::string_view> url;
  if (!call.TextArgument(0, url)) return false;
  return !url || AddExtensions(call, *url, out);
}

bool HasExtension(Invocation& call, Collection& out) {
  std::optional<std::string_view> url;
  Collection found;
  if (!call.TextArgument(0, url) || (url && !AddExtensions(call, *url, found))) return false;
  out.Add(Item::Boolean(!found.empty()));
  return true;
}

bool HasValue(Invocation& call, Collection& out) {
  out.Add(Item::Boolean(call.input().size() == 1 && IsPrimitiveValue(call.input()[0])));
  return true;
}

bool GetValue(Invocation& call, Collection& out) {
  Item item;
  if (call.input().size() == 1 && IsPrimitiveValue(call.input()[0]) && call.run().System(call.input()[0], item)) {
    out.Add(item);
  }
  return true;
}

bool Resolve(Invocation& call, Collection& out) {
  const definitions::Definitions& definitions = call.run().definitions();
  for (const Item& item : call.input()) {
    const std::string_view reference = ReferenceOf(item);
    const ReferenceText text = ParseReference(definitions, reference);
    if (text.is_fragment) {
      if (!AddContained(call, text.fragment, out)) return false;
      continue;
    }
    json::Value resource;
    Resolver* resolver = call.run().environment().resolver;
    if (!reference.empty() && resolver != nullptr && resolver->Resolve(reference, resource)) {
      out.Add(ResourceItem(definitions, resource));
    } else if (call.type_only) {
      AddTypeOnly(call, item, text, out);
    }
  }
  return true;
}

bool Is(Invocation& call, Collection& out) {
  return TestType(call.run(), call.offset(), call.input(), call.call().type, false, out);
}

bool As(Invocation& call, Collection& out) {
  return TestType(call.run(), call.offset(), call.input(), call.call().type, true, out);
}

bool OfType(Invocation& call, Collection& out) {
  for (const Item& item : call.input()) {
    if (IsOfType(call.run().definitions(), item, call.call().type)) out.Add(item);
  }
  return true;
}

bool TypeOf(Invocation& call, Collection& out) {
  constexpr std::string_view kSystemNames[] = {"",     "Boolean",  "Integer", "Decimal",  "String",
                                               "Date", "DateTime", "Time",    "Quantity", "TypeInfo"};
  for (const Item& item : call.input()) {
    if (!item.is_node()) {
      out.Add(Item::Type("System", kSystemNames[static_cast<std::size_t>(item.kind())]));
    } else {
      out.Add(Item::Type("FHIR", TypeName(call.run().definitions(), item)));
    }
  }
  return true;
}

}  // namespace throughline::path
