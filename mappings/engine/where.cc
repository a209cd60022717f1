#include "mappings/engine/where.h"

#include "fhir/path/expression.h"
#include "fhir/terminology/terminology.h"

namespace throughline::engine {

bool Meets(const plan::Plan& plan, plan::Index where, const json::Value& resource) {
  if (where == plan::kNone) return true;
  path::Environment environment;
  const terminology::Terminology terminology(*plan.definitions);
  environment.terminology = &terminology;
  const auto holds =
      path::EvaluatesToTrue(plan.wheres[where], path::ResourceItem(*plan.definitions, resource), environment);
  return holds && *holds;
}

}  // namespace throughline::engine
