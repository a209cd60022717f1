// resolve(): contained resources, entries of a Bundle, then whoever knows more.
// https://hl7.org/fhir/R4/references.html, https://hl7.org/fhir/R4/bundle.html#references
#include "fhir/path/functions.h"
#include "fhir/path/reference_text.h"

namespace throughline::path {
namespace {

using definitions::kNoType;

// The text of a Reference, canonical or uri; empty when it has none.
std::string_view ReferenceOf(const Item& item) {
  if (!item.is_node()) return item.kind() == ItemKind::kString ? item.text() : std::string_view{};
  return item.value().is_object() ? item.value().Get("reference").text() : item.value().text();
}

bool FindContained(const json::Value& container, std::string_view id, json::Value& out) {
  for (const json::Value& contained : container.Get("contained").items()) {
    if (contained.Get("id").text() != id) continue;
    out = contained;
    return true;
  }
  return false;
}

// "#id" of the resource at hand or of the one that contains it; of a Bundle's entries when that is all there is.
bool FindFragment(Evaluator& run, std::string_view id, json::Value& out) {
  const json::Value resource = run.resource().value();
  const json::Value root = run.root_resource().value();
  if (id.empty()) {
    out = root;
    return true;
  }
  if (FindContained(resource, id, out) || FindContained(root, id, out)) return true;
  for (const json::Value& entry : root.Get("entry").items()) {
    if (FindContained(entry.Get("resource"), id, out)) return true;
  }
  return false;
}

// "https://example.org/fhir" of "https://example.org/fhir/Patient/1"; empty when it is not of that form.
std::string_view BaseOf(Evaluator& run, std::string_view full_url) {
  return ParseReference(run.definitions(), full_url).base;
}

bool SameResource(const json::Value& a, const json::Value& b) {
  return a.is_object() && b.is_object() && !a.members().empty() && a.members().data() == b.members().data();
}

// Does a reference mean this entry? `base` is that of the entry which holds the reference; empty: not known.
bool Means(Evaluator& run, const json::Value& entry, std::string_view reference, const ReferenceText& text,
           std::string_view base) {
  const json::Value resource = entry.Get("resource");
  const std::string_view full_url = entry.Get("fullUrl").text();
  if (!text.version.empty() && resource.Get("meta").Get("versionId").text() != text.version) return false;
  if (text.is_absolute) {
    if (full_url == reference) return true;
    const ReferenceText own = ParseReference(run.definitions(), full_url);
    return !text.type.empty() && own.base == text.base && own.type == text.type && own.id == text.id;
  }
  if (text.type.empty()) return false;
  if (full_url.empty()) return resource.Get("resourceType").text() == text.type && resource.Get("id").text() == text.id;
  const ReferenceText own = ParseReference(run.definitions(), full_url);
  return own.type == text.type && own.id == text.id && (base.empty() || own.base == base);
}

bool FindEntry(Evaluator& run, std::string_view reference, const ReferenceText& text, json::Value& out) {
  const json::Value entries = run.root_resource().value().Get("entry");
  std::string_view base;
  for (const json::Value& entry : entries.items()) {
    if (SameResource(entry.Get("resource"), run.resource().value())) base = BaseOf(run, entry.Get("fullUrl").text());
  }
  for (const json::Value& entry : entries.items()) {
    if (!entry.Get("resource").is_object() || !Means(run, entry, reference, text, base)) continue;
    out = entry.Get("resource");
    return true;
  }
  return false;
}

// A resource of which the type alone is known.
void AddTypeOnly(Invocation& call, const Item& reference, const ReferenceText& text, Collection& out) {
  std::string_view name = text.type;
  if (name.empty() && reference.is_node()) name = reference.value().Get("type").text();
  const TypeId type = call.run().definitions().FindType(name);
  if (type != kNoType && call.run().definitions().IsResource(type)) out.Add(Item::Node(type, json::Value::Object({})));
}

bool Find(Evaluator& run, std::string_view reference, const ReferenceText& text, json::Value& out) {
  if (reference.empty()) return false;
  if (text.is_fragment) return FindFragment(run, text.fragment, out);
  if (FindEntry(run, reference, text, out)) return true;
  Resolver* resolver = run.environment().resolver;
  return resolver != nullptr && resolver->Resolve(reference, out);
}

}  // namespace

bool Resolve(Invocation& call, Collection& out) {
  Evaluator& run = call.run();
  const std::size_t entries = run.root_resource().value().Get("entry").size();
  for (const Item& item : call.input()) {
    const std::string_view reference = ReferenceOf(item);
    const ReferenceText text = ParseReference(run.definitions(), reference);
    json::Value resource;
    if (!run.Charge(1 + entries)) return false;
    if (Find(run, reference, text, resource)) {
      out.Add(ResourceItem(run.definitions(), resource));
    } else if (call.type_only && !text.is_fragment) {
      AddTypeOnly(call, item, text, out);
    }
  }
  return true;
}

}  // namespace throughline::path
