#include "fhir/search/indexer.h"

#include <utility>

#include "fhir/base/made_once.h"
#include "fhir/path/expression.h"
#include "fhir/search/types.h"

namespace throughline::search {
namespace {

using definitions::Definitions;
using definitions::kNoType;
using definitions::SearchParameter;
using definitions::SearchType;
using definitions::TypeId;

struct Component {
  const TypeRow* type;
  path::Expression expression;
};

// One parameter of one resource type.
struct Plan {
  std::string_view code;
  std::string_view base;
  const TypeRow* type;  // null: composite
  path::Expression expression;
  std::string_view only_target;
  std::vector<TypeId> targets;
  ImpliedSystems implied;
  std::vector<Component> components;
};

// The one type that the parameter's references may point to; empty when there are several.
std::string_view OnlyTarget(const Definitions& definitions, const path::Expression& expression, std::string_view base) {
  const std::vector<TypeId> targets = path::ReferenceTargets(expression, base);
  return targets.size() == 1 ? definitions.type(targets.front()).name : std::string_view{};
}

// Why a parameter has no rows; `about` is what is wrong with it.
Error CannotBeUsed(const Definitions& definitions, const SearchParameter& parameter, std::string_view about) {
  const definitions::Definitions::PackageName package = definitions.package(parameter.layer);
  std::string text;
  if (!package.name.empty()) text.append(package.name).append(" ").append(package.version).append(": ");
  text.append("the search parameter ").append(parameter.url).append(" cannot be used: ").append(about);
  return MakeError(ErrorKind::kInvalid, "search-expression", std::move(text));
}

std::string Reason(const Error& error) {
  const Issue& issue = error.issues.front();
  return issue.text + (issue.location.empty() ? "" : " (" + issue.location + ")");
}

// Components are evaluated on what the composite's own expression gives, which may be of several types: their names are
// not checked.
Result<void> AddComponents(const Definitions& definitions, const SearchParameter& parameter, Plan& plan) {
  std::vector<ComponentType> types;
  if (!ComponentsOf(definitions, parameter, types)) {
    return CannotBeUsed(definitions, parameter,
                        "a composite needs two components or more, each with an expression and the definition of a "
                        "parameter that is known");
  }
  for (const ComponentType& component : types) {
    auto expression = path::Compile(component.expression, definitions, {.published = true});
    if (!expression) return CannotBeUsed(definitions, parameter, "a component: " + Reason(expression.error()));
    plan.components.push_back({component.type, *std::move(expression)});
  }
  return {};
}

Result<Plan> MakePlan(const Definitions& definitions, const SearchParameter& parameter) {
  auto expression =
      path::Compile(parameter.expression, definitions, {.context_type = parameter.base, .published = true});
  if (!expression) return CannotBeUsed(definitions, parameter, Reason(expression.error()));
  const std::string_view only_target = OnlyTarget(definitions, *expression, parameter.base);
  Plan plan{parameter.code,
            parameter.base,
            FindTypeRow(parameter.type),
            *std::move(expression),
            only_target,
            {},
            ImpliedSystems(definitions, parameter),
            {}};
  for (std::size_t i = 0; i < parameter.target_count; ++i) plan.targets.push_back(definitions.target(parameter, i));
  if (parameter.type == SearchType::kComposite) {
    if (auto added = AddComponents(definitions, parameter, plan); !added) return std::move(added).error();
  }
  return plan;
}

bool HasRows(const SearchParameter& parameter) {
  const bool known = parameter.type == SearchType::kComposite || FindTypeRow(parameter.type) != nullptr;
  return known && !parameter.expression.empty();
}

// Those of the types that it derives from are among them. Of several with one code the one that queries mean.
std::vector<Plan> PlansOf(const Definitions& definitions, TypeId type) {
  std::vector<Plan> plans;
  const std::string_view name = definitions.type(type).name;
  for (std::size_t row = 0; row < definitions.search_parameter_count(); ++row) {
    const SearchParameter parameter = definitions.search_parameter(row);
    if (!HasRows(parameter)) continue;
    const TypeId base = definitions.FindType(parameter.base);
    SearchParameter meant;
    if (base == kNoType || !definitions.Derives(type, base)) continue;
    if (!definitions.FindSearchParameter(name, parameter.code, meant) || meant.row != parameter.row) continue;
    if (auto plan = MakePlan(definitions, parameter)) plans.push_back(*std::move(plan));
  }
  return plans;
}

}  // namespace

// Expressions are compiled when a resource of their type is first seen.
struct Indexer::Plans {
  using OfType = MadeOnce<std::vector<Plan>>;

  Plans(const Definitions& given, std::string_view base)
      : definitions(given), base_url(base), of_type(std::make_unique<OfType[]>(given.type_count())) {}

  const std::vector<Plan>& Of(TypeId type) const {
    return of_type[type].Get([&] { return PlansOf(definitions, type); });
  }

  const Definitions& definitions;
  const std::string base_url;
  const std::unique_ptr<OfType[]> of_type;  // by TypeId
};

namespace {

Issue NotEvaluated(const Plan& plan, const Error& error) {
  const bool costly = error.kind == ErrorKind::kTooCostly;
  Issue issue{costly ? Severity::kError : Severity::kWarning,
              costly ? IssueType::kTooCostly : IssueType::kIncomplete,
              costly ? "search-costly" : "search-unknown",
              {},
              {},
              {}};
  issue.text.append("the search parameter ").append(plan.code).append(" of ").append(plan.base);
  issue.text.append(costly ? " takes too many steps for this resource: send less at once"
                           : " cannot be evaluated on this resource: " + Reason(error));
  return issue;
}

// The rows of a composite, one value of its expression at a time.
Result<void> AddComposites(RowSink& sink, const Plan& plan, const path::Collection& items,
                           path::Environment& environment) {
  for (const path::Item& item : items) {
    std::vector<std::vector<IndexRow>> values;
    for (const Component& component : plan.components) {
      std::vector<IndexRow> rows;
      RowSink part{sink.definitions, sink.base_url, {}, {}, rows};
      const Result<path::Collection> found = path::Evaluate(component.expression, item, environment);
      if (!found) return found.error();
      if (found->empty()) break;
      for (const path::Item& one : *found) component.type->add(part, one);
      std::erase_if(rows, [](const IndexRow& row) { return !row.parameter.empty(); });
      if (rows.empty()) break;
      values.push_back(std::move(rows));
    }
    if (values.size() == plan.components.size()) AddCompositeRows(sink, values);
  }
  return {};
}

Result<void> AddRowsOf(const Plan& plan, const path::Item& focus, path::Environment& environment, RowSink& sink) {
  const Result<path::Collection> items = path::Evaluate(plan.expression, focus, environment);
  if (!items) return items.error();
  if (plan.type == nullptr) return AddComposites(sink, plan, *items, environment);
  for (const path::Item& item : *items) plan.type->add(sink, item);
  return {};
}

}  // namespace

Indexer::Indexer(std::unique_ptr<const Plans> plans) : plans_(std::move(plans)) {}
Indexer::Indexer(Indexer&&) noexcept = default;
Indexer& Indexer::operator=(Indexer&&) noexcept = default;
Indexer::~Indexer() = default;

Indexer Indexer::Make(const Definitions& definitions, std::string_view base_url) {
  return Indexer(std::make_unique<const Plans>(definitions, base_url));
}

Issues Indexer::Check(const Definitions& definitions, std::size_t first_row) {
  Issues issues;
  for (std::size_t row = first_row; row < definitions.search_parameter_count(); ++row) {
    const SearchParameter parameter = definitions.search_parameter(row);
    if (!HasRows(parameter) || definitions.FindType(parameter.base) == kNoType) continue;
    if (auto plan = MakePlan(definitions, parameter); !plan) issues.push_back(plan.error().issues.front());
  }
  return issues;
}

Issues Indexer::Rows(const json::Value& resource, std::vector<IndexRow>& rows) const {
  Issues issues;
  const Definitions& definitions = plans_->definitions;
  const path::Item focus = path::ResourceItem(definitions, resource);
  if (focus.type() == kNoType) return issues;
  path::Environment environment;
  environment.resource = focus;
  for (const Plan& plan : plans_->Of(focus.type())) {
    RowSink sink{definitions, plans_->base_url, plan.only_target, plan.code, rows, plan.targets, &plan.implied};
    const auto added = AddRowsOf(plan, focus, environment, sink);
    if (!added) issues.push_back(NotEvaluated(plan, added.error()));
  }
  return issues;
}

}  // namespace throughline::search
