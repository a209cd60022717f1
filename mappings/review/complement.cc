#include "mappings/review/complement.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "fhir/json/build.h"
#include "fhir/json/write.h"
#include "mappings/engine/onto.h"
#include "mappings/engine/to_local.h"
#include "mappings/review/compare.h"
#include "mappings/review/generate.h"
#include "mappings/review/shrink.h"

namespace throughline::review {
namespace {

using engine::Mapped;
using engine::MappedResource;
using engine::SourceResource;
using Broken = std::optional<LawFailure>;

constexpr std::size_t kEdits = 2;  // of a record that are tried

Broken ComplementFailure(std::string path, std::string text) {
  LawFailure failure;
  failure.law = "complement";
  failure.path = std::move(path);
  failure.text = std::move(text);
  return failure;
}

// The item with its reference leading to a partner's resource; null: it has none.
json::Value PartnersOf(const json::Value& item, json::Arena& arena) {
  for (const json::Member& member : item.members()) {
    json::Value below;
    if (member.name == "reference" && member.value.is_string()) {
      const std::string_view own = member.value.text();
      below = json::Value::String(arena.Copy(std::string(own.substr(0, own.find('/'))) + "/partner"));
    }
    if (member.value.is_object()) below = PartnersOf(member.value, arena);
    if (!below.is_null()) return json::With(item, member.name, below, arena);
  }
  return {};
}

// With a reference of a partner's at the front of every list of references.
json::Value WithPartners(const json::Value& resource, json::Arena& arena) {
  json::ObjectBuilder object(arena);
  for (const json::Member& member : resource.members()) {
    json::ArrayBuilder items(arena);
    if (member.value.is_array()) {
      const json::Value partners = PartnersOf(member.value.items().front(), arena);
      if (!partners.is_null()) items.Add(partners);
    }
    if (items.empty()) {
      object.Add(member.name, member.value);
      continue;
    }
    for (const json::Value& item : member.value.items()) items.Add(item);
    object.Add(member.name, items.Build());
  }
  return object.Build();
}

json::Value Partnered(const json::Value& resource, json::Arena& arena) {
  return WithPartners(Decorated(resource, arena), arena);
}

}  // namespace

json::Value Complement::Back(const Mapped& mapped, std::span<const json::Value> bodies, json::Arena& arena) const {
  std::vector<SourceResource> sources;
  for (std::size_t i = 0; i < mapped.resources.size(); ++i)
    sources.push_back({{}, bodies.empty() ? mapped.resources[i].body : bodies[i]});
  return engine::ToLocal(map_, sources, arena).record;
}

Broken Complement::CheckKept(const Mapped& mapped, const json::Value& back) const {
  json::Arena arena;
  const engine::Past past{mapped.resources, false};
  const engine::Onto onto(map_, mapped, past);
  std::vector<json::Value> bodies;
  std::vector<engine::LedgerRow> ledger;
  for (std::size_t at = 0; at < mapped.resources.size(); ++at) {
    const json::Value stored = Partnered(mapped.resources[at].body, arena);
    bodies.push_back(stored);
    const std::string path = FirstDifference(stored, onto.Merge(at, stored, arena, ledger));
    if (path != "=")
      return ComplementFailure(Which(mapped, at) + ": " + path, "what the map does not cover is not kept");
  }
  json::Value again = Back(mapped, bodies, arena);
  if (map_.format().syntax == formats::Syntax::kCsv) again = WithColumnsOf(back, again, arena);
  const std::string path = FirstDifference(back, again);
  return path == "=" ? std::nullopt : ComplementFailure(path, "what a partner added changes the record");
}

Broken Complement::CheckEdits(const json::Value& record, const Mapped& mapped) const {
  json::Arena arena;
  const std::size_t edits = EditsOf(record);
  Dice dice(std::hash<std::string>()(json::ToString(record)));
  for (std::size_t i = 0; i < kEdits && edits > 0; ++i) {
    if (Broken broken = CheckEdit(mapped, Edited(record, dice.Below(edits), arena), i % 2 == 0)) return broken;
  }
  return std::nullopt;
}

// `told`: as the gateway does it, by the record's own text of before; else as `map run --onto`, by what is stored.
Broken Complement::CheckEdit(const Mapped& mapped, const json::Value& edited, bool told) const {
  json::Arena arena;
  Mapped now = engine::ToFhir(map_, edited, ids_, arena);
  if (now.verdict != engine::Verdict::kMapped || now.key != mapped.key) return std::nullopt;
  for (std::size_t at = 0; at < now.resources.size(); ++at) {
    if (valid_(now, at, now.resources[at].body)) return std::nullopt;
  }
  const json::Value wanted = Back(now, {}, arena);
  std::vector<json::Value> stored;
  for (const MappedResource& resource : mapped.resources) stored.push_back(Partnered(resource.body, arena));
  const engine::Past past = told ? engine::Past{mapped.resources, true}
                                 : engine::PastFrom(map_, now, stored, ids_, arena, engine::ReferenceStyle::kRelative);
  engine::KeepPlaces(map_, past, ids_, now, arena);
  const engine::Onto onto(map_, now, past);
  std::vector<engine::LedgerRow> ledger;
  std::vector<json::Value> bodies;
  for (std::size_t at = 0; at < now.resources.size(); ++at) {
    const auto before = std::ranges::find(mapped.resources, now.resources[at].id, &MappedResource::id);
    const bool known = before != mapped.resources.end();
    const auto place = static_cast<std::size_t>(before - mapped.resources.begin());
    bodies.push_back(known ? onto.Merge(at, stored[place], arena, ledger) : now.resources[at].body);
    if (Broken broken = known ? valid_(now, at, bodies.back()) : std::nullopt) {
      broken->law = "edited";
      broken->text += "; this is what stays of a resource to which a partner added, when the record says less";
      return broken;
    }
  }
  // Of a resource that several records make, nobody but the one that said it takes anything back.
  if (!told && std::ranges::any_of(now.resources, &MappedResource::shared)) return std::nullopt;
  const std::string path = FirstDifference(wanted, Back(now, bodies, arena));
  if (path == "=") return std::nullopt;
  Broken broken = ComplementFailure(path, "a record that says less does not arrive where a partner added something");
  broken->law = "edited";
  return broken;
}

}  // namespace throughline::review
