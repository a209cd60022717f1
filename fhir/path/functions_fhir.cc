// What FHIR adds, but for resolve(). https://hl7.org/fhir/R4/fhirpath.html#functions
#include <algorithm>
#include <string>

#include "fhir/path/functions.h"
#include "fhir/path/navigate.h"
#include "fhir/terminology/terminology.h"

namespace throughline::path {
namespace {

using definitions::kNoType;

bool IsPrimitiveValue(const Item& item) {
  return !item.is_node() || item.value().is_string() || item.value().is_number() || item.value().is_boolean();
}

bool AddExtensions(Invocation& call, std::string_view url, Collection& out) {
  for (const Item& item : call.input()) {
    Collection extensions(call.run().pool());
    AddChildren(call.run().definitions(), item, "extension", extensions);
    for (const Item& extension : extensions) {
      if (extension.value().Get("url").text() == url) out.Add(extension);
    }
    if (!call.run().Charge(1 + extensions.size())) return false;
  }
  return true;
}

// The JSON of an item, as terminology reads it.
json::Value ValueOf(const Item& item) {
  return item.kind() == ItemKind::kString ? json::Value::String(item.text()) : item.value();
}

Around AroundOf(Invocation& call) { return {call.run().resource(), call.run().root_resource()}; }

bool AddAnswer(terminology::Answer answer, Collection& out) {
  if (answer != terminology::Answer::kUnknown) out.Add(Item::Boolean(answer == terminology::Answer::kYes));
  return true;
}

// Both codings of subsumes(); a CodeableConcept's first coding stands for it. `there` is false when one is missing.
bool ReadCodings(Invocation& call, json::Value& own, json::Value& other, bool& there) {
  Collection argument(call.run().pool());
  if (!call.Argument(0, argument)) return false;
  there = call.input().size() == 1 && argument.size() == 1;
  if (!there) return true;
  const auto coding = [](const json::Value& value) {
    const json::Value list = value.Get("coding");
    return list.items().size() == 1 ? list.items().front() : value;
  };
  own = coding(ValueOf(call.input()[0]));
  other = coding(ValueOf(argument[0]));
  return true;
}

bool AskSubsumption(Invocation& call, terminology::Subsumption wanted, Collection& out) {
  json::Value own;
  json::Value other;
  bool there = false;
  if (!ReadCodings(call, own, other, there)) return false;
  const terminology::Terminology* terminology = call.run().environment().terminology;
  if (!there || terminology == nullptr || !own.is_object() || !other.is_object()) return true;
  const std::string_view system = own.Get("system").text();
  if (system != other.Get("system").text()) {
    out.Add(Item::Boolean(false));
    return true;
  }
  const auto found = terminology->Subsumes(system, own.Get("code").text(), other.Get("code").text());
  if (found == terminology::Subsumption::kUnknown) return true;
  out.Add(Item::Boolean(found == wanted || found == terminology::Subsumption::kEquivalent));
  return true;
}

}  // namespace

bool Extension(Invocation& call, Collection& out) {
  std::optional<std::string_view> url;
  if (!call.TextArgument(0, url)) return false;
  return !url || AddExtensions(call, *url, out);
}

bool HasExtension(Invocation& call, Collection& out) {
  std::optional<std::string_view> url;
  Collection found(call.run().pool());
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

bool MemberOf(Invocation& call, Collection& out) {
  std::optional<std::string_view> value_set;
  if (!call.TextArgument(0, value_set)) return false;
  const terminology::Terminology* terminology = call.run().environment().terminology;
  if (call.input().size() != 1 || !value_set || terminology == nullptr) return true;
  return AddAnswer(terminology->MemberOf(*value_set, ValueOf(call.input()[0])).answer, out);
}

bool Subsumes(Invocation& call, Collection& out) {
  return AskSubsumption(call, terminology::Subsumption::kSubsumes, out);
}

bool SubsumedBy(Invocation& call, Collection& out) {
  return AskSubsumption(call, terminology::Subsumption::kSubsumedBy, out);
}

bool ConformsTo(Invocation& call, Collection& out) {
  std::optional<std::string_view> url;
  if (!call.TextArgument(0, url)) return false;
  if (call.input().size() != 1 || !url) return true;
  const Item& item = call.input()[0];
  Conformance* conformance = call.run().environment().conformance;
  if (conformance != nullptr) {
    const std::optional<bool> conforms = conformance->ConformsTo(item, *url, AroundOf(call));
    if (!conforms) return call.FailToFind("there is no such profile");
    out.Add(Item::Boolean(*conforms));
    return true;
  }
  // The base definition of a type asks for no more than the type.
  const definitions::Definitions& definitions = call.run().definitions();
  const TypeId type = definitions.FindTypeByUrl(*url);
  if (type == kNoType) return call.FailToFind("there is no such profile at hand");
  if (!item.is_node() || item.type() == kNoType || !definitions.Derives(item.type(), type)) {
    out.Add(Item::Boolean(false));
    return true;
  }
  return call.FailToFind("nothing here can tell whether a profile is kept");
}

bool HtmlChecks(Invocation& call, Collection& out) {
  if (call.input().size() != 1 || !call.input()[0].value().is_string()) return true;
  Conformance* conformance = call.run().environment().conformance;
  if (conformance == nullptr) return call.FailToFind("nothing here can tell whether this is a narrative");
  const std::string_view text = call.input()[0].value().text();
  if (!call.run().Charge(text.size() / 16)) return false;
  out.Add(Item::Boolean(conformance->IsNarrative(text)));
  return true;
}

bool Slice(Invocation& call, Collection& out) {
  std::optional<std::string_view> structure;
  std::optional<std::string_view> name;
  if (!call.TextArgument(0, structure) || !call.TextArgument(1, name)) return false;
  if (!structure || !name) return true;
  Conformance* conformance = call.run().environment().conformance;
  for (const Item& item : call.input()) {
    const std::optional<bool> belongs =
        conformance == nullptr ? std::nullopt : conformance->IsInSlice(item, *structure, *name, AroundOf(call));
    if (!belongs) return call.FailToFind("there is no such profile or slice at hand");
    if (*belongs) out.Add(item);
  }
  return true;
}

bool CheckModifiers(Invocation& call, Collection& out) {
  std::vector<std::string_view> allowed;
  for (std::size_t i = 0; i < call.argument_count(); ++i) {
    std::optional<std::string_view> url;
    if (!call.TextArgument(i, url)) return false;
    if (url) allowed.push_back(*url);
  }
  for (const Item& item : call.input()) {
    Collection extensions(call.run().pool());
    AddChildren(call.run().definitions(), item, "modifierExtension", extensions);
    for (const Item& extension : extensions) {
      const std::string_view url = extension.value().Get("url").text();
      if (std::ranges::find(allowed, url) == allowed.end()) return call.Fail("there is another modifier extension");
    }
  }
  out.Append(call.input());
  return true;
}

}  // namespace throughline::path
