#include "mappings/engine/derive.h"

#include <string>
#include <utility>
#include <vector>

#include "fhir/json/build.h"
#include "fhir/terminology/terminology.h"
#include "mappings/plan/absence.h"

namespace throughline::engine {
namespace {

using path::ItemKind;

std::optional<json::Value> PlainValue(const path::Item& item, json::Arena& arena) {
  switch (item.kind()) {
    case ItemKind::kBoolean:
      return json::Value::Boolean(item.boolean());
    case ItemKind::kInteger:
    case ItemKind::kLong:
      return json::Value::Number(arena.Copy(std::to_string(item.integer())));
    case ItemKind::kDecimal:
      return json::Value::Number(arena.Copy(item.text()));
    case ItemKind::kString:
    case ItemKind::kDate:
    case ItemKind::kDateTime:
    case ItemKind::kTime:
      return json::Value::String(arena.Copy(item.text()));
    case ItemKind::kNode:
      if (item.type() == definitions::kNoType && !item.value().is_object()) return item.value();
      return std::nullopt;
    case ItemKind::kQuantity:
    case ItemKind::kType:
      break;
  }
  return std::nullopt;
}

class Columns {
 public:
  Columns(const Plan& plan, std::span<const ReadResource> resources, Instance* root, json::Arena& arena,
          Findings& findings)
      : plan_(plan), resources_(resources), root_(root), arena_(arena), findings_(findings) {
    json::ArrayBuilder entries(arena);
    for (const ReadResource& resource : resources) {
      json::ObjectBuilder entry(arena);
      entry.Add("resource", resource.body);
      entries.Add(entry.Build());
    }
    json::ObjectBuilder bundle(arena);
    bundle.Add("resourceType", json::Value::String("Bundle"));
    bundle.Add("type", json::Value::String("collection"));
    bundle.Add("entry", entries.Build());
    focus_ = path::ResourceItem(*plan.definitions, bundle.Build());
  }

  void Derive(const Field& field) {
    const LocalNode& node = plan_.nodes[field.node];
    if (node.stars == 0) return Fill(field, Scope{}, kNone);
    const Index list = StarsOf(plan_, field.node).front();
    Instance* array = Reach(plan_, list, root_, Scope{});
    for (std::uint32_t i = 0; array != nullptr && i < array->count; ++i) {
      Scope scope;
      scope.items[0] = &array->children[i];
      scope.places[0] = i;
      scope.depth = 1;
      Fill(field, scope, list);
    }
  }

 private:
  // A group that says nothing else does not come to be for a derived field.
  bool HasRoom(const Field& field, const Scope& scope) const {
    const Index above = plan_.nodes[field.node].parent;
    if (plan_.nodes[above].parent == kNone) return true;
    const Instance* group = Reach(plan_, above, root_, scope);
    return group != nullptr && (group->carries || plan_.nodes[above].name == "*");
  }

  void Fill(const Field& field, const Scope& scope, Index list) {
    Instance* at = HasRoom(field, scope) ? Reach(plan_, field.node, root_, scope) : nullptr;
    if (at == nullptr) return;
    const Derivation& derivation = plan_.derivations[field.derivation];
    path::Environment environment;
    const terminology::Terminology terminology(*plan_.definitions);
    environment.terminology = &terminology;
    for (Index i = 0; i < plan_.resources.size(); ++i) {
      environment.variables.push_back({plan_.resources[i].name, ItemsOf(i, scope, list)});
    }
    const auto value = Ask(derivation.expression, focus_, environment, *plan_.definitions, arena_);
    const Conversion conversion{findings_, field, derivation.leaf, arena_, &scope, field.path};
    json::Value local;
    const bool given =
        value && !value->is_null() && ToLocalValue(conversion, TextWhereText(derivation.leaf, *value), {}, local);
    if (!value) conversion.Loss(LedgerKind::kDerived, "the expression cannot be worked out on these resources");
    if (given) conversion.Loss(LedgerKind::kDerived, "worked out from the resources");
    const AbsentToken* unknown = given ? nullptr : TokenFor(field, "unknown");
    if (unknown != nullptr) local = TokenValue(field, *unknown);
    if (!given && unknown == nullptr) return;
    at->value = local;
    at->presence = Presence::kValue;
    at->carries = true;
  }

  // A number that is a code or a text.
  json::Value TextWhereText(const Leaf& leaf, const json::Value& value) const {
    const bool text = leaf.transform == TransformId::kCodePrimitive || leaf.transform == TransformId::kText;
    return text && value.is_number() ? json::Value::String(value.text()) : value;
  }

  path::Collection ItemsOf(Index resource, const Scope& scope, Index list) const {
    path::Collection items;
    const std::vector<Index>& lists = plan_.resources[resource].lists;
    const bool one = list != kNone && !lists.empty() && lists.front() == list;
    for (const ReadResource& read : resources_) {
      if (read.resource != resource || (one && read.item != scope.places[0])) continue;
      items.Add(path::ResourceItem(*plan_.definitions, read.body));
    }
    return items;
  }

  const Plan& plan_;
  std::span<const ReadResource> resources_;
  Instance* root_;
  json::Arena& arena_;
  Findings& findings_;
  path::Item focus_;
};

}  // namespace

Result<json::Value> Ask(const path::Expression& expression, const path::Item& focus, path::Environment& environment,
                        const definitions::Definitions& definitions, json::Arena& arena) {
  const auto wrong = [](std::string text) {
    return MakeError(ErrorKind::kUnprocessable, "map-derived", std::move(text));
  };
  const auto result = path::Evaluate(expression, focus, environment);
  if (!result) return result.error();
  if (result->size() > 1) return wrong("the expression gives several values; one may stand there");
  path::Item system;
  if (result->empty() || !path::ToSystem(definitions, (*result)[0], system)) return json::Value();
  const auto value = PlainValue(system, arena);
  if (!value) return wrong("the expression gives no plain value that may stand there");
  return *value;
}

void DeriveColumns(const Plan& plan, std::span<const ReadResource> resources, Instance* root, json::Arena& arena,
                   Findings& findings) {
  if (plan.derivations.empty()) return;
  Columns columns(plan, resources, root, arena, findings);
  for (const Field& field : plan.fields) {
    if (field.derivation != kNone) columns.Derive(field);
  }
}

}  // namespace throughline::engine
