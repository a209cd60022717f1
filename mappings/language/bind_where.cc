// `where` of resources and of fields: bound when it is known which resource it is asked of.
#include <algorithm>
#include <utility>

#include "mappings/language/binder.h"

namespace throughline::language {
namespace {

Index WhereOf(Binding& binding, const ResourcePlan& resource, const YamlNode& value) {
  path::CompileOptions options;
  options.context_type = resource.type_name;
  auto expression = ExpressionOf(binding, value, "where", options);
  if (!expression) return kNone;
  binding.plan.wheres.push_back(*std::move(expression));
  return static_cast<Index>(binding.plan.wheres.size() - 1);
}

}  // namespace

void BindWheres(Binding& binding) {
  for (const auto& [resource, value] : binding.resource_wheres) {
    binding.plan.resources[resource].where = WhereOf(binding, binding.plan.resources[resource], *value);
  }
  for (const auto& [index, value] : binding.field_wheres) {
    Field& field = binding.plan.fields[index];
    const auto resource = std::ranges::find_if(binding.plan.resources, [&, own = index](const ResourcePlan& one) {
      return std::ranges::find(one.feeds, own) != one.feeds.end();
    });
    if (resource != binding.plan.resources.end()) {
      field.where = WhereOf(binding, *resource, *value);
    } else if (field.target.empty()) {
      binding.diagnostics.Error("map-where", value->mark, std::max<std::size_t>(value->text.size(), 1),
                                "'where' is asked of the resource that the field goes to: it needs 'fhir'");
    }
  }
}

}  // namespace throughline::language
