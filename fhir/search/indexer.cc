#include "fhir/search/indexer.h"

#include <utility>

#include "fhir/path/expression.h"
#include "fhir/search/types.h"

namespace throughline::search {
namespace {

using definitions::Definitions;
using definitions::kNoType;
using definitions::TypeId;

// One parameter of one base type.
struct Plan {
  std::string_view code;
  const TypeRow* type;
  path::Expression expression;
  std::string_view only_target;
};

// The one type that the parameter's references may point to; empty when there are several.
std::string_view OnlyTarget(const Definitions& definitions, const path::Expression& expression, std::string_view base) {
  const std::vector<TypeId> targets = path::ReferenceTargets(expression, base);
  return targets.size() == 1 ? definitions.type(targets.front()).name : std::string_view{};
}

}  // namespace

struct Indexer::Plans {
  const Definitions* definitions;
  std::string base_url;
  std::vector<Plan> all;
  std::vector<std::vector<std::uint32_t>> of_type;  // by TypeId: places in `all`, also of the types it derives from
};

Indexer::Indexer(std::unique_ptr<const Plans> plans) : plans_(std::move(plans)) {}
Indexer::Indexer(Indexer&&) noexcept = default;
Indexer& Indexer::operator=(Indexer&&) noexcept = default;
Indexer::~Indexer() = default;

Result<Indexer> Indexer::Make(const Definitions& definitions, std::string_view base_url) {
  auto plans = std::make_unique<Plans>();
  plans->definitions = &definitions;
  plans->base_url = base_url;
  plans->of_type.resize(definitions.type_count());
  for (std::size_t row = 0; row < definitions.search_parameter_count(); ++row) {
    const definitions::SearchParameter parameter = definitions.search_parameter(row);
    const TypeRow* type = FindTypeRow(parameter.type);
    const TypeId base = definitions.FindType(parameter.base);
    if (type == nullptr || parameter.expression.empty() || base == kNoType) continue;
    Result<path::Expression> expression =
        path::Compile(parameter.expression, definitions, {.context_type = parameter.base, .published = true});
    if (!expression) {
      return MakeError(ErrorKind::kInternal, "search-expression",
                       "the expression of a search parameter does not compile: " + std::string(parameter.url));
    }
    const std::string_view only_target = OnlyTarget(definitions, *expression, parameter.base);
    plans->all.push_back({parameter.code, type, std::move(*expression), only_target});
    for (TypeId id = 0; id < definitions.type_count(); ++id) {
      if (definitions.IsResource(id) && definitions.Derives(id, base)) {
        plans->of_type[id].push_back(static_cast<std::uint32_t>(plans->all.size() - 1));
      }
    }
  }
  return Indexer(std::move(plans));
}

void Indexer::Rows(const json::Value& resource, std::vector<IndexRow>& rows) const {
  const Definitions& definitions = *plans_->definitions;
  const path::Item focus = path::ResourceItem(definitions, resource);
  if (focus.type() == kNoType) return;
  path::Environment environment;
  for (const std::uint32_t place : plans_->of_type[focus.type()]) {
    const Plan& plan = plans_->all[place];
    RowSink sink{definitions, plans_->base_url, plan.only_target, plan.code, rows};
    const Result<path::Collection> items = path::Evaluate(plan.expression, focus, environment);
    if (!items) continue;
    for (const path::Item& item : *items) plan.type->add(sink, item);
  }
}

}  // namespace throughline::search
