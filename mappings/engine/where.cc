#include "mappings/engine/where.h"

#include "fhir/path/expression.h"
#include "fhir/terminology/terminology.h"
#include "mappings/engine/condition.h"

namespace throughline::engine {

Result<bool> Asks(const plan::Plan& plan, plan::Index where, const json::Value& resource) {
  if (where == plan::kNone) return true;
  path::Environment environment;
  const terminology::Terminology terminology(*plan.definitions);
  environment.terminology = &terminology;
  return Decide(plan, plan.wheres[where], path::ResourceItem(*plan.definitions, resource), environment);
}

bool Meets(const plan::Plan& plan, plan::Index where, const json::Value& resource) {
  const auto holds = Asks(plan, where, resource);
  return holds && *holds;
}

}  // namespace throughline::engine
