#include "mappings/engine/compare.h"

#include "fhir/json/build.h"
#include "mappings/engine/instance.h"

namespace throughline::engine {
namespace {

bool Find(const json::Value& a, const json::Value& b, std::string& pointer) {
  const std::size_t length = pointer.size();
  if (a.is_object() && b.is_object()) {
    for (const json::Member& member : a.members()) {
      AppendPointer(member.name, pointer);
      const json::Value* other = b.Find(member.name);
      if (other == nullptr || Find(member.value, *other, pointer)) return true;
      pointer.resize(length);
    }
    for (const json::Member& member : b.members()) {
      if (a.Find(member.name) != nullptr) continue;
      AppendPointer(member.name, pointer);
      return true;
    }
    return false;
  }
  if (a.is_array() && b.is_array()) {
    const std::size_t count = std::max(a.size(), b.size());
    for (std::size_t i = 0; i < count; ++i) {
      pointer.append("/").append(std::to_string(i));
      if (i >= a.size() || i >= b.size() || Find(a.items()[i], b.items()[i], pointer)) return true;
      pointer.resize(length);
    }
    return false;
  }
  return !json::Equal(a, b);
}

json::Value PartnerExtension(json::Arena& arena) {
  json::ObjectBuilder extension(arena);
  extension.Add("url", json::Value::String("urn:example:partner"));
  extension.Add("valueString", json::Value::String("kept"));
  return extension.Build();
}

json::Value PartnerCoding(json::Arena& arena) {
  json::ObjectBuilder coding(arena);
  coding.Add("system", json::Value::String("urn:example:partner"));
  coding.Add("code", json::Value::String("kept"));
  return coding.Build();
}

}  // namespace

std::string FirstDifference(const json::Value& a, const json::Value& b) {
  std::string pointer;
  return Find(a, b, pointer) ? pointer : "=";
}

json::Value WithoutDropped(const Plan& plan, Index index, const json::Value& value, json::Arena& arena) {
  const LocalNode& node = plan.nodes[index];
  if (node.kind == LocalKind::kArray) {
    json::ArrayBuilder items(arena);
    for (const json::Value& item : value.items()) items.Add(WithoutDropped(plan, node.children.front(), item, arena));
    return value.is_array() ? items.Build() : value;
  }
  if (node.kind != LocalKind::kObject || !value.is_object()) return value;
  json::ObjectBuilder object(arena);
  for (const json::Member& member : value.members()) {
    json::Value kept = member.value;
    bool stands = true;
    for (const Index child : node.children) {
      const LocalNode& below = plan.nodes[child];
      if (below.name != member.name) continue;
      const bool dropped = !below.fields.empty() && !plan.fields[below.fields.front()].dropped.empty();
      const bool nothing = kept.is_null() || (kept.is_string() && kept.text().empty());
      if (dropped && !nothing) {
        stands = below.usual != Form::kOmitted;
        kept = below.usual == Form::kNull ? json::Value() : json::Value::String("");
      } else {
        kept = WithoutDropped(plan, child, kept, arena);
      }
    }
    if (stands) object.Add(member.name, kept);
  }
  return object.Build();
}

json::Value Decorated(const json::Value& value, json::Arena& arena) {
  if (value.is_array()) {
    json::ArrayBuilder items(arena);
    for (const json::Value& item : value.items()) items.Add(Decorated(item, arena));
    return items.Build();
  }
  if (!value.is_object()) return value;
  json::ObjectBuilder object(arena);
  json::ArrayBuilder extensions(arena);
  for (const json::Member& member : value.members()) {
    if (member.name == "extension") {
      for (const json::Value& extension : member.value.items()) extensions.Add(extension);
    } else if (member.name == "coding") {
      json::ArrayBuilder codings(arena);
      for (const json::Value& coding : member.value.items()) codings.Add(coding);
      codings.Add(PartnerCoding(arena));
      object.Add(member.name, codings.Build());
    } else {
      object.Add(member.name, Decorated(member.value, arena));
    }
  }
  extensions.Add(PartnerExtension(arena));
  object.Add("extension", extensions.Build());
  return object.Build();
}

}  // namespace throughline::engine
